// Time that passes when a test says so, also for code that takes its timers from Node.
import { syncBuiltinESMExports } from 'node:module';
import timersPromises from 'node:timers/promises';

const real = { setTimeout, clearTimeout, setInterval, clearInterval, dateNow: Date.now, random: Math.random };
const realSleep = timersPromises.setTimeout;
const realTurn = setImmediate;
const realPerformanceNow = performance.now.bind(performance);

/**
 * Promises go on between two callbacks of one turn of the event loop too. A turn with a single callback spends half of
 * its time in the kernel.
 */
const TURNS_PER_LOOP = 64;

/** Where a clock starts, in milliseconds since 1970. */
const STARTS_AT = Date.parse('2026-01-05T09:00:00Z');

/** What stands for a `NodeJS.Timeout`. */
class Timer {
  at = 0;
  run: (() => void) | undefined;

  constructor(run: () => void) {
    this.run = run;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }
}

export class SimulatedClock {
  #now = STARTS_AT;
  /** The next one last. Timers of the same instant run in the order in which they were set. */
  readonly #timers: Timer[] = [];
  #randomState = 1;

  get now(): number {
    return this.#now;
  }

  /** Runs something after so many milliseconds; returns what {@link cancel} takes. */
  after(ms: number, run: () => void): Timer {
    const timer = new Timer(run);
    this.#add(timer, ms);
    return timer;
  }

  every(ms: number, run: () => void): Timer {
    const timer = new Timer(() => {
      this.#add(timer, ms);
      run();
    });
    this.#add(timer, ms);
    return timer;
  }

  cancel(timer: Timer): void {
    timer.run = undefined;
  }

  /** Lets time pass, and between two timers all that needs none. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await turn();
    for (;;) {
      const next = this.#timers.at(-1);
      if (next === undefined || next.at > end) break;
      this.#timers.pop();
      if (next.run === undefined) continue;
      this.#now = next.at;
      next.run();
      await turn();
    }
    this.#now = end;
  }

  /** The same numbers with every clock, so that a case can be played again. */
  random(): number {
    this.#randomState = (this.#randomState * 48_271) % 2_147_483_647;
    return this.#randomState / 2_147_483_647;
  }

  /** Runs something whose timers are this clock's. One clock at a time. */
  async rule<T>(run: () => Promise<T>): Promise<T> {
    ruling = this;
    try {
      return await run();
    } finally {
      ruling = undefined;
    }
  }

  #add(timer: Timer, ms: number): void {
    timer.at = this.#now + (ms > 0 ? ms : 0);
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#timers[middle]?.at ?? 0) > timer.at) low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, timer);
  }
}

let ruling: SimulatedClock | undefined;

let resume: (() => void) | undefined;
let turnsLeft = 0;

/** Lets promises go on until they wait for a timer. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    resume = resolve;
    if (turnsLeft > 0) return;
    turnsLeft = TURNS_PER_LOOP;
    for (let i = 0; i < TURNS_PER_LOOP; i++) realTurn(takeTurn);
  });
}

function takeTurn(): void {
  turnsLeft--;
  const next = resume;
  resume = undefined;
  next?.();
}

type Callback = (...parameters: unknown[]) => void;

const clear = (realClear: (timer: NodeJS.Timeout) => void) => (timer: unknown) => {
  if (timer instanceof Timer) timer.run = undefined;
  else realClear(timer as NodeJS.Timeout);
};

Object.assign(globalThis, {
  setTimeout: (run: Callback, ms = 0, ...parameters: unknown[]) =>
    ruling === undefined
      ? real.setTimeout(run, ms, ...parameters)
      : ruling.after(ms, () => run(...parameters)),
  setInterval: (run: Callback, ms = 0, ...parameters: unknown[]) =>
    ruling === undefined
      ? real.setInterval(run, ms, ...parameters)
      : ruling.every(ms, () => run(...parameters)),
  clearTimeout: clear(real.clearTimeout),
  clearInterval: clear(real.clearInterval),
});
Date.now = () => ruling?.now ?? real.dateNow();
Math.random = () => ruling?.random() ?? real.random();
performance.now = () => ruling?.now ?? realPerformanceNow();
const sleep = (ms?: number, value?: unknown, options?: object) =>
  ruling === undefined
    ? realSleep(ms, value, options)
    : new Promise((resolve) => ruling?.after(ms ?? 0, () => resolve(value)));
Object.assign(timersPromises, { setTimeout: sleep });
// What has been imported by name follows.
syncBuiltinESMExports();
