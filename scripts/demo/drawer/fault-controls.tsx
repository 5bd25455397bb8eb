import type { DemoState } from '../control/api.ts';
import { FAULTS } from '../control/api.ts';
import type { DrawerState } from './drawer-state.ts';
import { t } from './strings.ts';

interface ControlsProps {
  demo: DemoState;
  drawer: DrawerState;
}

/** What goes wrong: with Pub/Sub all the time, and with the rest once. */
export function FaultControls({ demo, drawer }: ControlsProps) {
  const hasRedis = demo.faults.includes('redis');
  return (
    <section aria-labelledby="simulator-faults">
      <h2 id="simulator-faults">{t('faults')}</h2>
      <fieldset class="simulator-switches">
        <legend class="visually-hidden">{t('pubsub')}</legend>
        {(['duplicates', 'reorder'] as const).map((name) => (
          <label key={name}>
            <input
              type="checkbox"
              checked={demo[name]}
              onChange={({ currentTarget }) => drawer.set({ [name]: currentTarget.checked })}
            />
            {t(name)}
          </label>
        ))}
      </fieldset>
      <div class="simulator-buttons">
        {FAULTS.map((name) => (
          <button
            key={name}
            type="button"
            class="button button-small"
            data-fault={name}
            disabled={demo.fault !== null || !demo.faults.includes(name)}
            onClick={() => drawer.fault(name)}
          >
            {t(`make.${name}`)}
          </button>
        ))}
      </div>
      {!hasRedis && <p class="hint">{t('ownRedis')}</p>}
      <p class="simulator-status" role="status" data-fault={demo.fault?.name}>
        {statusOf(demo)}
      </p>
    </section>
  );
}

function statusOf({ fault, lastFault }: DemoState): string {
  if (fault !== null) return t(`now.${fault.name}`, fault.until);
  if (lastFault === null) return t('idle');
  return t(`${lastFault.isOver ? 'over' : 'failed'}.${lastFault.name}`);
}
