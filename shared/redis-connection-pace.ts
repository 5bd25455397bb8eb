/**
 * How many new connections a process opens without a pause, and how many a second after that.
 *
 * With IAM authentication Memorystore limits new connections per second, because IAM verifies each. Google publishes no
 * number, and asks clients to reconnect step by step (Memorystore for Redis Cluster, "About IAM authentication", "Enable
 * IAM authentication"). A relay opens three connections to each primary of a cluster.
 */
const BURST = 20;
const PER_SECOND = 10;

/** Spreads the new connections of a process, so that a failover does not bring all of them back in one moment. */
export class ConnectionPace {
  readonly #intervalMs = 1_000 / PER_SECOND;
  #nextAt = Number.NEGATIVE_INFINITY;

  /** Takes the next turn. Returns how long it is until then, in milliseconds. */
  take(now: number): number {
    const turn = Math.max(this.#nextAt, now - (BURST - 1) * this.#intervalMs);
    this.#nextAt = turn + this.#intervalMs;
    return Math.max(0, turn - now);
  }
}
