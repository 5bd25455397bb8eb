import { OrderedQueue } from '../../shared/ordered-queue.ts';
import { isTransientRedisError } from '../../shared/redis.ts';
import { type Outgoing, untilDrained } from './wait-for-drain.ts';

/** Pages of one connection in memory: 4 of 256 KiB are as much as may wait to be sent. With one, 50 joins take 50 round trips. */
export const READ_AHEAD = 4;

/**
 * Sends the pages of all replays of one connection one after another, each when the previous one has left this process.
 * Otherwise a desktop that joins fifty conversations at once would get fifty pages at once, and count as slow.
 *
 * While Redis is away, each page takes as long as a command may take. So when one page fails, all waiting pages fail
 * with it. Fifty joins are then refused, or tried again, after one time limit and not after thirteen.
 */
export class ReplayQueue {
  readonly #connection: Outgoing;
  readonly #queue = new OrderedQueue(READ_AHEAD);
  #outages = 0;
  #outage: unknown;

  constructor(connection: Outgoing) {
    this.#connection = connection;
  }

  /** The read's result sends the page. Resolves with what it returns. Rejects as they do, or as an earlier page did. */
  run<T>(read: () => Promise<() => T>): Promise<T> {
    const outages = this.#outages;
    const readPage = async () => {
      if (outages !== this.#outages) throw this.#outage;
      try {
        return await read();
      } catch (error) {
        // Any other error concerns only this page's conversation.
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
