import type { EndedFault, FaultName, FaultState } from './api.ts';

/** How the demo brings about each fault. Each resolves when the fault is over. */
export interface FaultActions {
  /** Cuts the page's connection for so many milliseconds. */
  cut(forMs: number): Promise<void>;
  restartRelay(): Promise<void>;
  /** Stops Redis for so many milliseconds; undefined for a Redis that is not the demo's. */
  loseRedis?: ((forMs: number) => Promise<void>) | undefined;
  /** Gives the page a token that ends then, in milliseconds since 1970. Resolves when the page has another one. */
  endToken(end: number): Promise<void>;
}

const CUT_MS = 5_000;
const REDIS_LOST_MS = 8_000;
const TOKEN_LIFE_MS = 8_000;
/** The page renews a token that has ended after 20 seconds. One that is closed meanwhile never does. */
const RENEWAL_LIMIT_MS = 60_000;
/** Functions and relay are back with their connections so many milliseconds after a fault. */
const AFTERMATH_MS = 3_000;

/** Runs one fault at a time. */
export class Faults {
  readonly #actions: FaultActions;
  readonly #now: () => number;
  #running: FaultState | undefined;
  #last: EndedFault | undefined;
  #endedAt = Number.NEGATIVE_INFINITY;

  constructor(actions: FaultActions, now: () => number) {
    this.#actions = actions;
    this.#now = now;
  }

  get running(): FaultState | undefined {
    return this.#running;
  }

  /** The one that ended last. */
  get last(): EndedFault | undefined {
    return this.#last;
  }

  get possible(): FaultName[] {
    return ['cut', 'relay', ...(this.#actions.loseRedis === undefined ? [] : (['redis'] as const)), 'token'];
  }

  /** Whether a fault is under way, or was until a moment ago. */
  get isFelt(): boolean {
    return this.#running !== undefined || this.#now() - this.#endedAt < AFTERMATH_MS;
  }

  /** Begins a fault; false where another one is under way, or where it cannot be brought about. */
  begin(name: FaultName): boolean {
    if (this.#running !== undefined || !this.possible.includes(name)) return false;
    const startedAt = this.#now();
    const { until, work } = this.#plan(name, startedAt);
    this.#running = { name, until };
    const end = (isOver: boolean) => {
      this.#running = undefined;
      this.#last = { name, isOver };
      this.#endedAt = this.#now();
    };
    // A process that does not start again ends the demo by itself, with its error.
    void work().then(
      (result) => end(result !== false),
      () => end(false),
    );
    return true;
  }

  /** The work resolves with false when the fault did not end as it should. */
  #plan(name: FaultName, now: number): { until: number | null; work: () => Promise<unknown> } {
    const { cut, restartRelay, loseRedis, endToken } = this.#actions;
    switch (name) {
      case 'cut':
        return { until: now + CUT_MS, work: () => cut(CUT_MS) };
      case 'relay':
        return { until: null, work: restartRelay };
      case 'redis':
        return { until: now + REDIS_LOST_MS, work: async () => loseRedis?.(REDIS_LOST_MS) };
      case 'token': {
        const end = now + TOKEN_LIFE_MS;
        return { until: end, work: () => Promise.race([endToken(end), falseAfter(RENEWAL_LIMIT_MS)]) };
      }
    }
  }
}

function falseAfter(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), ms).unref());
}
