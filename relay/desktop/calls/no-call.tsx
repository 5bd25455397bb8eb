import type { Desktop } from '../desktop.ts';
import { t } from '../strings/strings.ts';
import { Icon } from '../ui/icon.tsx';
import { OpenCallForm } from './open-call-form.tsx';

/** What the page shows while no call is open. */
export function NoCall({ desktop }: { desktop: Desktop }) {
  const lines = desktop.lines.list.value;
  return (
    <div class="no-call">
      <span class="no-call-mark" aria-hidden="true">
        <Icon name="phone" />
      </span>
      {lines.length === 0 && <h2>{t('calls.none')}</h2>}
      {lines.map(({ phone, isFailing }) => (
        <section key={phone}>
          <h2>{t('calls.waiting', { phone })}</h2>
          <p class="hint">{t(isFailing ? 'calls.lookupFailed' : 'calls.waitingHint')}</p>
          <button type="button" class="button button-small" onClick={() => desktop.lines.unwatch(phone)}>
            {t('calls.unwatch')}
          </button>
        </section>
      ))}
      <OpenCallForm onOpen={desktop.open} isFocused={lines.length === 0} />
    </div>
  );
}
