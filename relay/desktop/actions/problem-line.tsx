import { useContext, useEffect, useMemo, useState } from 'preact/hooks';
import { ApiError } from '../api/api-error.ts';
import { problemOf } from '../api/sentence-of.ts';
import { TimesLive } from '../connection/times-live.ts';
import { t } from '../strings/strings.ts';

const SECOND_MS = 1_000;

/** Whole seconds until the call that failed may be made again; counts down to 0. */
export function useWait(error: unknown): number {
  const retryAt = error instanceof ApiError ? (error.retryAt ?? 0) : 0;
  const [now, setNow] = useState(Date.now);
  const isWaiting = retryAt > now;
  useEffect(() => {
    setNow(Date.now());
    if (!isWaiting) return;
    const timer = setInterval(() => setNow(Date.now()), SECOND_MS);
    return () => clearInterval(timer);
  }, [retryAt, isWaiting]);
  return isWaiting ? Math.ceil((retryAt - now) / SECOND_MS) : 0;
}

export interface ProblemLineProps {
  error: unknown;
  /** Makes the call again; a button offers it. */
  onRetry?: () => void;
}

/** What fails while the relay is away. */
const FOR_WANT_OF_CONNECTION: readonly string[] = ['offline', 'unavailable', 'signed-out'];

/** Whether a call failed for want of a connection, and the page has become live since. */
function useIsOver(error: unknown): boolean {
  const timesLive = useContext(TimesLive);
  const before = useMemo(() => timesLive.peek(), [error, timesLive]);
  const isLiveAgain = timesLive.value > before;
  return isLiveAgain && error instanceof ApiError && FOR_WANT_OF_CONNECTION.includes(error.kind);
}

/**
 * Says why a call failed and what the agent can do. A screen reader says the sentence once, and again without the wait
 * when that is over: only the button counts down.
 */
export function ProblemLine({ error, onRetry }: ProblemLineProps) {
  const wait = useWait(error);
  const isWaiting = wait > 0;
  const isOver = useIsOver(error);
  const problem = useMemo(() => problemOf(error, Date.now()), [error, isWaiting]);
  return (
    <div class="problem" data-over={isOver}>
      <div role="alert">
        <p class="problem-sentence">{isOver ? t('api.liveAgain') : problem.sentence}</p>
        {problem.detail !== undefined && <p class="problem-detail">{problem.detail}</p>}
      </div>
      {onRetry && (
        <button type="button" class="button" disabled={isWaiting} onClick={onRetry}>
          {isWaiting ? t('use.retryIn', { seconds: wait }) : t('use.retry')}
        </button>
      )}
    </div>
  );
}
