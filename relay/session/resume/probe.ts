import type { ConnectionState } from './control-channel.ts';

/** A connection that may have pings; long polling has none. */
export interface PingableConnection {
  readonly canPing: boolean;
  /** Sends a ping, whose answer has this payload. */
  ping(mark: string): void;
}

/** How long a connection may take to answer a ping, in milliseconds, before it counts as half open. */
const PROBE_TIMEOUT_MS = 1_000;
const PROBE_MARK = 'probe';

/**
 * Finds out whether somebody is still at the other end of a connection.
 *
 * Something in between may swallow pings. So a connection that has never answered one cannot be told from one that is
 * half open, and is not taken for it: two tabs would cut each other off for ever. The first ping goes out at once.
 */
export class Probe {
  readonly #connection: PingableConnection;
  #wasEverAnswered = false;
  #onAnswer = () => {};

  constructor(connection: PingableConnection) {
    this.#connection = connection;
    if (connection.canPing) connection.ping(PROBE_MARK);
  }

  async run(): Promise<ConnectionState> {
    // Long polling shows within its own time-out whether somebody is there.
    if (!this.#connection.canPing) return 'alive';
    const answer = new Promise<'alive'>((resolve) => {
      this.#onAnswer = () => resolve('alive');
    });
    this.#connection.ping(PROBE_MARK);
    const timeout = new Promise<ConnectionState>((resolve) =>
      setTimeout(() => resolve(this.#wasEverAnswered ? 'gone' : 'unknown'), PROBE_TIMEOUT_MS),
    );
    return Promise.race([answer, timeout]);
  }

  /** Takes the payload of an answer to a ping; false when it answers another one's. */
  answered(mark: string): boolean {
    this.#wasEverAnswered = true;
    if (mark !== PROBE_MARK) return false;
    this.#onAnswer();
    return true;
  }
}
