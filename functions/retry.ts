export interface RetryOptions {
  /** No attempt after the first goes on for longer than this, in milliseconds from the first. */
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
 *
 * The first call has to end by itself, as commands to Redis do: the functions framework watches every promise and
 * timer, and a limit around each call that succeeds took a twentieth of a function's time.
 */
export function retry<T>(call: () => Promise<T>, options: RetryOptions): Promise<T> {
  const startedAt = performance.now();
  const afterFirst = (error: unknown) => {
    // A burst may keep the process busy for longer than the limit.
    const limitMs = Math.max(0, startedAt + options.limitMs - performance.now());
    return callAgain(call, toError(error), { ...options, limitMs });
  };
  try {
    return call().catch(afterFirst);
  } catch (error) {
    return afterFirst(error);
  }
}

function callAgain<T>(call: () => Promise<T>, first: Error, options: RetryOptions): Promise<T> {
  const { limitMs, isTransient, random = Math.random } = options;
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  let last = first;
  let pause: NodeJS.Timeout | undefined;
  let isOver = false;
  const limit = setTimeout(giveUp, limitMs);

  async function attempt(number: number): Promise<void> {
    try {
      resolve(await call());
      clearTimeout(limit);
    } catch (error) {
      if (isOver) return;
      last = toError(error);
      afterFailure(number);
    }
  }

  function afterFailure(number: number): void {
    if (isTransient(last)) pause = setTimeout(() => void attempt(number + 1), pauseAfter(number, random));
    else giveUp();
  }

  function giveUp(): void {
    isOver = true;
    clearTimeout(limit);
    clearTimeout(pause);
    reject(last);
  }

  afterFailure(1);
  return promise;
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error('rejected without an error', { cause: error });
}
