import type { PanelName } from '../ui/panels.ts';
import { useShortcuts } from './use-shortcuts.ts';

type Decision = 'confirm' | 'decline';

/**
 * The keys that decide about a tool's call. A tool does something real, so the first press goes to the button, and the
 * second one presses it: letters of a text that is typed at the wrong place must not run a tool.
 */
export function DecisionKeys({ show }: { show(panel: PanelName): void }) {
  useShortcuts(
    [
      { keys: 'y', label: 'cards.key.confirmTool', group: 'suggestions', run: () => decide('confirm', show) },
      { keys: 'x', label: 'cards.key.declineTool', group: 'suggestions', run: () => decide('decline', show) },
    ],
    [],
  );
  return null;
}

function decide(decision: Decision, show: (panel: PanelName) => void): void {
  const buttons = [
    ...document.querySelectorAll<HTMLElement>(`.call:not([hidden]) [data-decision=${decision}]`),
  ];
  const pressed = buttons.find((button) => button === document.activeElement);
  if (pressed !== undefined) {
    pressed.click();
    return;
  }
  const next =
    buttons.find((button) => callOf(button)?.contains(document.activeElement)) ??
    buttons.find((button) => button.getClientRects().length > 0) ??
    buttons[0];
  const panel = next?.closest<HTMLElement>('[data-panel]');
  if (next === undefined || !panel) return;
  if (panel.hidden) show(panel.dataset.panel as PanelName);
  requestAnimationFrame(() => next.focus());
}

/** The tool's call that a button decides about: a card, or a part of the companion's answer. */
const callOf = (button: HTMLElement) => button.closest('.card, .tool-call');
