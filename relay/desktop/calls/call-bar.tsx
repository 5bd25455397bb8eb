import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { CompleteCall } from '../actions/complete-call.tsx';
import type { Desktop } from '../desktop.ts';
import { duration } from '../format.ts';
import { t } from '../strings/strings.ts';
import { IconButton } from '../ui/icon-button.tsx';
import type { Call } from './call.ts';
import type { CallTools } from './call-tools.ts';

const SECOND_MS = 1_000;

interface CallBarProps {
  call: Call;
  desktop: Desktop;
  tools: CallTools;
}

/** What call it is, how it stands, and what ends it. */
export function CallBar({ call, desktop, tools }: CallBarProps) {
  const { lifecycle } = call.transcript.value;
  return (
    <div class="call-bar">
      <h2 class="call-name">{call.label}</h2>
      <span class="badge lifecycle" data-lifecycle={lifecycle}>
        {t(`lifecycle.${lifecycle}`)}
      </span>
      <Duration call={call} />
      <p class="conversation" title={call.asked}>
        {call.asked}
      </p>
      <div class="call-actions">
        {!call.isFinished.value && !desktop.signIn.isSupervisor.value && (
          <CompleteCall onComplete={() => tools.services.peek().complete()} isFinished={false} />
        )}
        <IconButton icon="close" label={t('calls.close')} onClick={() => desktop.close(call)} />
      </div>
    </div>
  );
}

/** How long the call has lasted; it counts while the call lasts. */
function Duration({ call }: { call: Call }) {
  const now = useSignal(Date.now());
  const { startedAt, finishedAt } = call.transcript.value;
  const isRunning = startedAt !== undefined && finishedAt === undefined;
  useEffect(() => {
    if (!isRunning) return undefined;
    now.value = Date.now();
    const timer = setInterval(() => (now.value = Date.now()), SECOND_MS);
    return () => clearInterval(timer);
  }, [isRunning]);
  if (startedAt === undefined) return null;
  return (
    <span class="duration">
      <span class="visually-hidden">{t('calls.duration')} </span>
      <time>{duration((finishedAt ?? now.value) - startedAt)}</time>
    </span>
  );
}
