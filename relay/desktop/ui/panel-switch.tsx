import { useShortcuts } from '../keyboard/use-shortcuts.ts';
import { t } from '../strings/strings.ts';
import { type Arranged, chosenIn, type PanelName } from './panels.ts';

interface PanelSwitchProps {
  arranged: Arranged;
  /** The panels in the order they were chosen, the last one first. */
  chosen: readonly PanelName[];
  onChoose(panel: PanelName): void;
}

/** Chooses the panel in the place that panels share. */
export function PanelSwitch({ arranged, chosen, onChoose }: PanelSwitchProps) {
  const { fixed, choices } = arranged;
  useShortcuts(
    choices.map((name, index) => ({
      keys: String(fixed.length + index + 1),
      label: 'keyboard.showPanel',
      values: { panel: t(`panel.${name}`) },
      group: 'panels',
      run: () => onChoose(name),
    })),
    [choices.join()],
  );
  const shown = chosenIn(arranged, chosen);
  if (choices.length < 2) return null;
  return (
    <nav class="panel-switch" aria-label={t('panel.switch')}>
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
