import { SerialQueue } from '../rooms/serial-queue.ts';
import { type Outgoing, untilDrained } from './until-drained.ts';

/**
 * The pages of all replays of one connection, one after another, each when the one before has left this process: a
 * desktop that joins fifty conversations at once would else be sent fifty pages at once, and count as slow.
 */
export class ReplayTurns {
  readonly #connection: Outgoing;
  readonly #queue = new SerialQueue();

  constructor(connection: Outgoing) {
    this.#connection = connection;
  }

  /** Resolves or rejects as `page` does. */
  run<T>(page: () => Promise<T>): Promise<T> {
    return this.#queue.run(async () => {
      await untilDrained(this.#connection);
      return page();
    });
  }
}
