import { useShortcuts } from '../keyboard/use-shortcuts.ts';
import { t } from '../strings/strings.ts';
import { layout } from './layout.ts';
import { choicesIn, chosenIn, PANELS, type PanelName } from './panels.ts';

interface PanelSwitchProps {
  /** The panels in the order they were chosen, the last one first. */
  chosen: readonly PanelName[];
  onChoose(panel: PanelName): void;
}

/** Chooses the panel in the place that panels share. */
export function PanelSwitch({ chosen, onChoose }: PanelSwitchProps) {
  useShortcuts(
    PANELS.map((name, index) => ({
      keys: String(index + 1),
      label: 'keyboard.showPanel',
      values: { panel: t(`panel.${name}`) },
      group: 'panels',
      run: () => onChoose(name),
    })),
    [],
  );
  const shown = chosenIn(layout.value, chosen);
  return (
    <nav class="panel-switch" aria-label={t('panel.switch')}>
      {choicesIn(layout.value).map((name) => (
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
