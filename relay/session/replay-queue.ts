import { OrderedQueue } from '../../shared/ordered-queue.ts';
import { isTransientRedisError } from '../../shared/redis.ts';
import { type Outgoing, untilDrained } from './wait-for-drain.ts';

/** Pages of one connection in memory: 4 of 256 KiB are as much as may wait to be sent. With one, 50 joins take 50 round trips. */
export const READ_AHEAD = 4;

/**
 * The pages of all replays of one connection, one after another, each when the one before has left this process: a
 * desktop that joins fifty conversations at once would else be sent fifty pages at once, and count as slow.
 *
 * While Redis is away each page takes as long as a command may take. So those that wait when one fails fail with it:
 * fifty joins are refused, or try again, after one time limit and not after thirteen.
 */
export class ReplayQueue {
  readonly #connection: Outgoing;
  readonly #queue = new OrderedQueue(READ_AHEAD);
  #outages = 0;
  #outage: unknown;

  constructor(connection: Outgoing) {
    this.#connection = connection;
  }

  /** Resolves with what the read's result returns, which sends the page. Rejects as they do, or as one before it. */
  run<T>(read: () => Promise<() => T>): Promise<T> {
    const outages = this.#outages;
    const readPage = async () => {
      if (outages !== this.#outages) throw this.#outage;
      try {
        return await read();
      } catch (error) {
        // Any other is of this page's conversation alone.
        if (isTransientRedisError(error)) {
          this.#outages++;
          this.#outage = error;
        }
        throw error;
      }
    };
    return this.#queue.run(readPage, async (send) => {
      await untilDrained(this.#connection);
      return send();
    });
  }
}
