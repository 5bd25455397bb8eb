import type { EngineConnection } from './engine-connection.ts';

/** How long a connection may take to answer a ping, in milliseconds, before it counts as half open. */
const PROBE_TIMEOUT_MS = 1_000;
const PROBE_MARK = 'probe';

/** Finds out whether somebody is still at the other end of a connection. */
export class Probe {
  readonly #connection: Pick<EngineConnection, 'canPing' | 'ping'>;
  #onAnswer = () => {};

  constructor(connection: Pick<EngineConnection, 'canPing' | 'ping'>) {
    this.#connection = connection;
  }

  async run(): Promise<'alive' | 'gone'> {
    // Long polling shows within its own time-out whether somebody is there.
    if (!this.#connection.canPing) return 'alive';
    const answer = new Promise<'alive'>((resolve) => {
      this.#onAnswer = () => resolve('alive');
    });
    this.#connection.ping(PROBE_MARK);
    const timeout = new Promise<'gone'>((resolve) => setTimeout(() => resolve('gone'), PROBE_TIMEOUT_MS));
    return Promise.race([answer, timeout]);
  }

  /** Takes the payload of an answer to a ping; false when it answers another one's. */
  answered(mark: string): boolean {
    if (mark !== PROBE_MARK) return false;
    this.#onAnswer();
    return true;
  }
}
