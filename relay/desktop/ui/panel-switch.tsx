import { useRef } from 'preact/hooks';
import { useShortcuts } from '../keyboard/use-shortcuts.ts';
import { t } from '../strings/strings.ts';
import { type Arranged, chosenIn, type PanelName } from './panels.ts';

interface PanelSwitchProps {
  arranged: Arranged;
  /** The panels in the order they were chosen, the last one first. */
  chosen: readonly PanelName[];
  onChoose(panel: PanelName): void;
}

/** Panels that begin with something to write or to press. */
const WORKING: readonly PanelName[] = ['companion', 'search', 'summary'];

/** Chooses the panel in the place that panels share. */
export function PanelSwitch({ arranged, chosen, onChoose }: PanelSwitchProps) {
  const { fixed, choices } = arranged;
  const nav = useRef<HTMLElement>(null);
  useShortcuts(
    choices.map((name, index) => ({
      keys: String(fixed.length + index + 1),
      label: 'keyboard.showPanel',
      values: { panel: t(`panel.${name}`) },
      group: 'panels',
      run: () => {
        onChoose(name);
        if (WORKING.includes(name)) requestAnimationFrame(() => focusFirst(nav.current, name));
      },
    })),
    [choices.join()],
  );
  const shown = chosenIn(arranged, chosen);
  if (choices.length < 2) return null;
  return (
    <nav ref={nav} class="panel-switch" aria-label={t('panel.switch')}>
      {choices.map((name) => (
        <button
          key={name}
          type="button"
          class="panel-tab"
          aria-pressed={name === shown}
          onClick={() => onChoose(name)}
        >
          {t(`panel.${name}`)}
        </button>
      ))}
    </nav>
  );
}

/** The key of a panel takes the agent to its work: to its first field, or to a button where it has no field yet. */
function focusFirst(nav: HTMLElement | null, name: PanelName): void {
  const panel = nav?.parentElement?.querySelector(`[data-panel=${name}]`);
  const first =
    panel?.querySelector<HTMLElement>('textarea, input') ?? panel?.querySelector<HTMLElement>('button');
  first?.focus();
}
