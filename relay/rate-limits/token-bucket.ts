/** How often something may be done. */
export interface BucketRate {
  /** How many at once, after a pause. */
  burst: number;
  /** How many on average. */
  perSecond: number;
}

/** Milliseconds of a monotonic clock. Shared: a bucket is one of thousands. */
const monotonic = () => performance.now();

/** A limit on what one connection does. It needs no shared state. */
export class TokenBucket {
  readonly #rate: BucketRate;
  readonly #now: () => number;
  #left: number;
  #filledAt: number;

  /** @param now milliseconds of a monotonic clock. */
  constructor(rate: BucketRate, now: () => number = monotonic) {
    this.#rate = rate;
    this.#now = now;
    this.#left = rate.burst;
    this.#filledAt = now();
  }

  /** False when there were too many. A refused one does not count. */
  take(): boolean {
    const { burst, perSecond } = this.#rate;
    const at = this.#now();
    this.#left = Math.min(burst, this.#left + ((at - this.#filledAt) / 1000) * perSecond);
    this.#filledAt = at;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
