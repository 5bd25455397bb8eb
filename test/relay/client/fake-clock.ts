import type { Clock } from '../../../relay/client/types.ts';

interface Alarm {
  at: number;
  callback: () => void;
}

/** Time that passes when a test says so. */
export class FakeClock implements Clock {
  #now = Date.parse('2026-01-05T09:00:00Z');
  readonly #alarms = new Set<Alarm>();

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const alarm = { at: this.#now + (ms > 0 ? ms : 0), callback };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  /** How many timers run. */
  get pending(): number {
    return this.#alarms.size;
  }

  /** Lets time pass; `settle` runs before each timer and at the end, for what the timer before has set off. */
  async advance(ms: number, settle: () => Promise<void>): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settle();
      const next = [...this.#alarms].sort((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.#alarms.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
    await settle();
  }
}
