import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../../../relay/desktop/ui/icon.tsx';
import { CallControls } from './call-controls.tsx';
import type { DrawerState } from './drawer-state.ts';
import { FaultControls } from './fault-controls.tsx';
import type { Delivery } from './page-delivery.ts';
import { number, type StringKey, t } from './strings.ts';

interface DrawerProps {
  drawer: DrawerState;
  /** The element that it is rendered in. */
  root: HTMLElement;
}

/** A bar below the page that is always there, and above it what opens. */
export function Drawer({ drawer, root }: DrawerProps) {
  const isOpen = useSignal(false);
  const toggle = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    root.setAttribute('aria-label', t('title'));
    const close = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || !isOpen.value) return;
      event.stopPropagation();
      isOpen.value = false;
      toggle.current?.focus();
    };
    root.addEventListener('keydown', close);
    return () => root.removeEventListener('keydown', close);
  }, []);
  const demo = drawer.demo.value;
  return (
    <>
      <div class="simulator-bar">
        <button
          ref={toggle}
          type="button"
          class="button button-small simulator-toggle"
          aria-expanded={isOpen.value}
          aria-controls="simulator-panel"
          onClick={() => (isOpen.value = !isOpen.value)}
        >
          <Icon name={isOpen.value ? 'arrow-down' : 'arrow-up'} />
          {t('title')}
        </button>
        <p class="simulator-playing" lang={demo?.playing ? 'en' : undefined}>
          {demo && (demo.playing ?? t('between'))}
        </p>
        <Counts delivery={drawer.delivery.value} />
      </div>
      <div id="simulator-panel" class="simulator-panel" hidden={!isOpen.value}>
        {demo === undefined ? null : (
          <div class="simulator-groups">
            <CallControls demo={demo} drawer={drawer} />
            <FaultControls demo={demo} drawer={drawer} />
            <DeliveryTable delivery={drawer.delivery.value} />
          </div>
        )}
      </div>
      {!drawer.isAnswered.value && (
        <p class="simulator-unanswered" role="alert">
          {t('unanswered')}
        </p>
      )}
    </>
  );
}

/** What must stay 0. */
const FAULTY = ['lost', 'repeated'] as const;

function Counts({ delivery }: { delivery: Delivery }) {
  return (
    <ul class="simulator-counts">
      {FAULTY.map((name) => (
        <li key={name} class="badge" data-count={name} data-bad={delivery[name] > 0}>
          {t(name)} <b>{number(delivery[name])}</b>
        </li>
      ))}
    </ul>
  );
}

const ROWS = [
  'published',
  'received',
  'superseded',
  'onTheWay',
  ...FAULTY,
] as const satisfies readonly (StringKey & keyof Delivery)[];

function DeliveryTable({ delivery }: { delivery: Delivery }) {
  return (
    <section aria-labelledby="simulator-delivery">
      <h2 id="simulator-delivery">{t('delivery')}</h2>
      <dl class="simulator-delivery">
        {ROWS.map((name) => (
          <div
            key={name}
            data-row={name}
            data-bad={delivery[name] > 0 && FAULTY.some((each) => each === name)}
          >
            <dt>{t(name)}</dt>
            <dd>{number(delivery[name])}</dd>
          </div>
        ))}
      </dl>
      <p class="hint">{t('deliveryHint')}</p>
    </section>
  );
}
