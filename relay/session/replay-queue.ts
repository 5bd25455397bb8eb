import { isTransientRedisError } from '../../shared/redis.ts';
import { SerialQueue } from '../delivery/serial-queue.ts';
import { type Outgoing, untilDrained } from './wait-for-drain.ts';

/**
 * The pages of all replays of one connection, one after another, each when the one before has left this process: a
 * desktop that joins fifty conversations at once would else be sent fifty pages at once, and count as slow.
 *
 * While Redis is away each page takes as long as a command may take. So those that wait when one fails fail with it:
 * fifty joins are refused, or try again, after one time limit and not after fifty.
 */
export class ReplayQueue {
  readonly #connection: Outgoing;
  readonly #queue = new SerialQueue();
  #outages = 0;
  #outage: unknown;

  constructor(connection: Outgoing) {
    this.#connection = connection;
  }

  /** Resolves or rejects as `page` does, or rejects as one before it. */
  run<T>(page: () => Promise<T>): Promise<T> {
    const outages = this.#outages;
    return this.#queue.run(async () => {
      if (outages !== this.#outages) throw this.#outage;
      await untilDrained(this.#connection);
      try {
        return await page();
      } catch (error) {
        // Any other is of this page's conversation alone.
        if (isTransientRedisError(error)) {
          this.#outages++;
          this.#outage = error;
        }
        throw error;
      }
    });
  }
}
