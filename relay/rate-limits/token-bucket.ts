/** How often something may be done. */
export interface BucketRate {
  /** At once, after a while without any. */
  burst: number;
  /** In the long run. */
  perSecond: number;
}

/** A limit on what one connection does, which needs nobody else's memory. */
export class TokenBucket {
  readonly #rate: BucketRate;
  readonly #now: () => number;
  #left: number;
  #filledAt: number;

  /** @param now milliseconds of a clock that only goes forward. */
  constructor(rate: BucketRate, now: () => number = () => performance.now()) {
    this.#rate = rate;
    this.#now = now;
    this.#left = rate.burst;
    this.#filledAt = now();
  }

  /** False when there was too much of it; what is refused does not count. */
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
