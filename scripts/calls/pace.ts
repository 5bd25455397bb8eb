import { setTimeout as sleep } from 'node:timers/promises';

/** The clock of a call that is played. It runs at some speed, which may change, and can stand still. */
export interface Pace {
  /** How many times as fast as speech. */
  readonly speed: number;
  readonly isPaused: boolean;
  setSpeed(speed: number): void;
  setPaused(isPaused: boolean): void;
  /** The call is at this time now, in milliseconds at the pace of speech. */
  startAt(atMs: number): void;
  /**
   * Resolves when the call has come to this time and the clock runs.
   *
   * @throws {DOMException} AbortError when the signal is aborted.
   */
  reached(atMs: number, signal: AbortSignal): Promise<void>;
}

export function createPace(speed: number, now = () => performance.now()): Pace {
  let isPaused = false;
  /** Where the call was at `since`. */
  let position = 0;
  let since = now();
  let changed = new AbortController();

  const at = () => position + (isPaused ? 0 : (now() - since) * speed);

  /** Those who wait are woken, and compute again how long that takes. */
  function change(apply: () => void): void {
    position = at();
    since = now();
    apply();
    changed.abort();
    changed = new AbortController();
  }

  return {
    get speed() {
      return speed;
    },
    get isPaused() {
      return isPaused;
    },
    setSpeed: (next) => change(() => (speed = next)),
    setPaused: (next) => change(() => (isPaused = next)),
    startAt: (atMs) => change(() => (position = atMs)),
    async reached(atMs, signal) {
      for (;;) {
        signal.throwIfAborted();
        const left = atMs - at();
        if (!isPaused && left <= 0) return;
        const wake = AbortSignal.any([signal, changed.signal]);
        if (isPaused) await aborted(wake);
        else await sleep(left / speed, undefined, { signal: wake }).catch(() => {});
      }
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
