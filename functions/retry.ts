import { setTimeout as sleep } from 'node:timers/promises';

export interface RetryOptions {
  /** No attempt goes on for longer than this, in milliseconds from the first. */
  limitMs: number;
  /** Whether the same call may succeed later. */
  isTransient(error: unknown): boolean;
  random?: () => number;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 800;

/** The pause before the attempt after `attempt` (from 1), with full jitter, in milliseconds. */
export function pauseAfter(attempt: number, random: () => number): number {
  return random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
}

/**
 * Calls until it succeeds, meets an error that is not transient, or the limit has passed; then rejects with the last
 * error, always an Error: the functions framework takes a falsy rejection for success and the message would be lost.
 */
export async function retry<T>(call: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { limitMs, isTransient, random = Math.random } = options;
  const outOfTime = new AbortController();
  const timer = setTimeout(() => outOfTime.abort(), limitMs);
  let last = new Error(`no answer within ${limitMs} ms`);
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        return await Promise.race([call(), rejectOn(outOfTime.signal, () => last)]);
      } catch (error) {
        last = error instanceof Error ? error : new Error('rejected without an error', { cause: error });
        if (outOfTime.signal.aborted || !isTransient(last)) throw last;
      }
      await sleep(pauseAfter(attempt, random), undefined, { signal: outOfTime.signal }).catch(() => {
        throw last;
      });
    }
  } finally {
    clearTimeout(timer);
  }
}

function rejectOn(signal: AbortSignal, reason: () => Error): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(reason()), { once: true });
  });
}
