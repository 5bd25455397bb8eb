import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { FORMAT } from '../../../shared/keys.ts';

/**
 * Whether a connection of another relay still works. `gone`: it does not, or its relay does not exist any more.
 * `unknown`: the relay did not answer in time, or cannot tell.
 */
export type ConnectionState = 'alive' | 'gone' | 'unknown';

export interface ControlDeps {
  /** This relay's name. */
  relay: string;
  /** Resolves with the number of subscribers that were reached. */
  publish(channel: string, message: string): Promise<number>;
  /** Tries one of this relay's own connections; closes it when it does not answer. */
  probe(connection: string): Promise<ConnectionState>;
}

/** How long another relay may take, in milliseconds; it gives its connection one second to answer. */
const ANSWER_TIMEOUT_MS = 1_500;
/**
 * The pauses before another attempt to reach a relay, in milliseconds. One that has crashed is reached by none; one that
 * lives is not reached, either, while its channel's slot moves to another node or its own connection comes back.
 */
const REACH_PAUSES_MS = [100, 400];

/** The channel that only the relay of this name subscribes. */
export const controlChannelOf = (relay: string) => `aar${FORMAT}:relay:${relay}`;

type Message =
  | { type: 'probe'; id: string; from: string; connection: string }
  | { type: 'state'; id: string; state: ConnectionState };

/** What relays ask one another about their connections. */
export class ControlChannel {
  readonly #deps: ControlDeps;
  readonly #waiting = new Map<string, (state: ConnectionState) => void>();

  constructor(deps: ControlDeps) {
    this.#deps = deps;
  }

  /** Asks the relay that holds a connection whether it still works. */
  async ask(relay: string, connection: string): Promise<ConnectionState> {
    if (relay === this.#deps.relay) return this.#deps.probe(connection);
    const id = randomUUID();
    const { promise, resolve } = Promise.withResolvers<ConnectionState>();
    const timer = setTimeout(() => resolve('unknown'), ANSWER_TIMEOUT_MS);
    this.#waiting.set(id, resolve);
    try {
      const isReached = await this.#reach(relay, { type: 'probe', id, from: this.#deps.relay, connection });
      return isReached ? await promise : 'gone';
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  /** Takes a message of this relay's own channel; anything but a {@link Message} is ignored. */
  async receive(text: string): Promise<void> {
    const message = parse(text);
    if (message?.type === 'state') {
      this.#waiting.get(message.id)?.(message.state);
    } else if (message?.type === 'probe') {
      const state = await this.#deps.probe(message.connection);
      await this.#send(message.from, { type: 'state', id: message.id, state });
    }
  }

  async #reach(relay: string, message: Message): Promise<boolean> {
    for (const pause of REACH_PAUSES_MS) {
      if ((await this.#send(relay, message)) > 0) return true;
      await sleep(pause);
    }
    return (await this.#send(relay, message)) > 0;
  }

  #send(relay: string, message: Message): Promise<number> {
    return this.#deps.publish(controlChannelOf(relay), JSON.stringify(message));
  }
}

function parse(text: string): Message | undefined {
  try {
    return JSON.parse(text) as Message;
  } catch {
    return undefined; // the subscriber's trial of its own connection
  }
}
