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
export function retry<T>(call: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { limitMs, isTransient, random = Math.random } = options;
  // One promise and one timer: every event passes here, and an abort signal and a race cost more than its decoding.
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  let last: Error | undefined;
  let pause: NodeJS.Timeout | undefined;
  const limit = setTimeout(() => fail(last ?? new Error(`no answer within ${limitMs} ms`)), limitMs);
  let isOver = false;

  async function attempt(number: number): Promise<void> {
    try {
      resolve(await call());
      clearTimeout(limit);
    } catch (error) {
      if (isOver) return;
      last = error instanceof Error ? error : new Error('rejected without an error', { cause: error });
      if (!isTransient(last)) fail(last);
      else pause = setTimeout(() => void attempt(number + 1), pauseAfter(number, random));
    }
  }

  function fail(error: Error): void {
    isOver = true;
    clearTimeout(limit);
    clearTimeout(pause);
    reject(error);
  }

  void attempt(1);
  return promise;
}
