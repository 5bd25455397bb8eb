import type { Clock } from './types.ts';

export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** The longest that browsers take; a longer time would be over at once. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** Timers by name: setting one again replaces it, and all can be ended together. */
export class Timers {
  readonly #clock: Clock;
  readonly #cancels = new Map<string, () => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  set(name: string, ms: number, callback: () => void): void {
    this.cancel(name);
    this.#cancels.set(name, this.#clock.after(Math.min(ms, TIMER_MAX_MS), callback));
  }

  cancel(name: string): void {
    this.#cancels.get(name)?.();
    this.#cancels.delete(name);
  }

  cancelAll(): void {
    for (const name of this.#cancels.keys()) this.cancel(name);
  }
}
