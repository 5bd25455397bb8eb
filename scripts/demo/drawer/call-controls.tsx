import { useSignal } from '@preact/signals';
import { type DemoState, SPEEDS } from '../control/api.ts';
import type { DrawerState } from './drawer-state.ts';
import { number, t } from './strings.ts';

interface ControlsProps {
  demo: DemoState;
  drawer: DrawerState;
}

/** The value of the choice that plays all scenarios in turn. */
const IN_TURN = '';

/** Which calls are played, and how fast. */
export function CallControls({ demo, drawer }: ControlsProps) {
  /** What is chosen and not played yet; undefined for what the demo plays. */
  const chosen = useSignal<string | undefined>(undefined);
  const shown = chosen.value ?? demo.scenario ?? IN_TURN;
  return (
    <section aria-labelledby="simulator-call">
      <h2 id="simulator-call">{t('call')}</h2>
      <label class="simulator-field">
        {t('scenario')}
        <select
          class="field"
          value={shown}
          onChange={({ currentTarget }) => (chosen.value = currentTarget.value)}
        >
          <option value={IN_TURN}>{t('inTurn')}</option>
          {demo.scenarios.map(({ name, title }) => (
            <option key={name} value={name} lang="en">
              {title}
            </option>
          ))}
        </select>
      </label>
      <label class="simulator-field">
        {t('speed')}
        <select
          class="field"
          value={String(demo.speed)}
          onChange={({ currentTarget }) => drawer.set({ speed: Number(currentTarget.value) })}
        >
          {SPEEDS.map((speed) => (
            <option key={speed} value={String(speed)}>
              {number(speed)}×
            </option>
          ))}
        </select>
      </label>
      <div class="simulator-buttons">
        <button
          type="button"
          class="button button-primary"
          onClick={() => {
            drawer.play(shown === IN_TURN ? null : shown);
            chosen.value = undefined;
          }}
        >
          {t('play')}
        </button>
        <button type="button" class="button" onClick={() => drawer.set({ isPaused: !demo.isPaused })}>
          {t(demo.isPaused ? 'resume' : 'pause')}
        </button>
      </div>
    </section>
  );
}
