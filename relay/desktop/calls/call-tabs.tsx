import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Desktop } from '../desktop.ts';
import { timeOfDay } from '../format.ts';
import { useShortcuts } from '../keyboard/use-shortcuts.ts';
import { t } from '../strings/strings.ts';
import { IconButton } from '../ui/icon-button.tsx';
import type { Call } from './call.ts';
import { OpenCallForm } from './open-call-form.tsx';

/** The calls that are open, and the button that opens another one. */
export function CallTabs({ desktop }: { desktop: Desktop }) {
  const { calls } = desktop;
  const isOpening = useSignal(false);
  const dialog = useRef<HTMLDialogElement>(null);
  const tabs = useRef<HTMLUListElement>(null);
  useShortcuts(
    [
      { keys: 'n', label: 'calls.open', group: 'calls', run: () => (isOpening.value = true) },
      { keys: ']', label: 'keyboard.nextCall', group: 'calls', run: () => calls.step(1) },
      { keys: '[', label: 'keyboard.previousCall', group: 'calls', run: () => calls.step(-1) },
    ],
    [],
  );
  useEffect(() => {
    if (isOpening.value) dialog.current?.showModal();
  }, [isOpening.value]);
  const active = calls.active.value;
  // Of many tabs, some are out of sight.
  useEffect(() => {
    const list = tabs.current;
    if (list === null) return undefined;
    const show = () =>
      list.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    show();
    const observer = new ResizeObserver(show);
    observer.observe(list);
    return () => observer.disconnect();
  }, [active]);
  return (
    <nav class="calls" aria-label={t('calls.list')}>
      <ul class="call-tabs" ref={tabs}>
        {calls.list.value.map((call) => (
          <CallTab
            key={call.asked}
            call={call}
            isActive={call === active}
            onClick={() => calls.activate(call)}
          />
        ))}
      </ul>
      <IconButton icon="plus" label={t('calls.open')} onClick={() => (isOpening.value = true)} />
      {isOpening.value && (
        <dialog
          ref={dialog}
          class="dialog"
          aria-labelledby="open-call-title"
          onClose={() => (isOpening.value = false)}
        >
          <header class="dialog-header">
            <h2 id="open-call-title">{t('calls.open')}</h2>
            <IconButton icon="close" label={t('app.close')} onClick={() => dialog.current?.close()} />
          </header>
          <OpenCallForm
            isFocused
            onOpen={(destination) => {
              desktop.open(destination);
              dialog.current?.close();
            }}
          />
        </dialog>
      )}
    </nav>
  );
}

function CallTab({ call, isActive, onClick }: { call: Call; isActive: boolean; onClick: () => void }) {
  const { lifecycle, startedAt } = call.transcript.value;
  const unread = call.unread.value;
  return (
    <li>
      <button type="button" class="call-tab" aria-current={isActive ? 'page' : undefined} onClick={onClick}>
        <span class="call-dot" data-lifecycle={lifecycle} aria-hidden="true" />
        <span class="call-label">{call.label}</span>
        {/* Calls of one number are told apart by their times. */}
        {lifecycle === 'finished' && startedAt !== undefined && (
          <time class="call-time" dateTime={new Date(startedAt).toISOString()}>
            {timeOfDay(startedAt)}
          </time>
        )}
        <span class="visually-hidden">, {t(`lifecycle.${lifecycle}`)}</span>
        {unread > 0 && (
          <span class="count">
            <span aria-hidden="true">{unread}</span>
            <span class="visually-hidden">, {t('calls.unread', { count: unread })}</span>
          </span>
        )}
      </button>
    </li>
  );
}
