import type { Claims } from '../identity/claims.ts';
import { agentKey } from '../rate-limits/agent-key.ts';
import { FairShare } from '../rate-limits/fair-share.ts';
import type { StreamLimits } from './limits.ts';
import { STREAM_CODE, StreamError } from './stream-error.ts';

/** Gives back what was taken. A second call does nothing. */
export type GiveBack = () => void;

type Agent = Pick<Claims, 'subject' | 'tokenId'>;

/**
 * How much of the relay the streams of one agent may occupy at the same time, over all its connections: streams, and bytes
 * of messages that wait. Agents share both fairly.
 */
export class StreamOccupancy {
  readonly #streams: FairShare;
  readonly #bytes: FairShare;

  constructor(limits: Pick<StreamLimits, 'openStreamsMax' | 'sendsWaitingMaxBytes'>) {
    this.#streams = new FairShare(limits.openStreamsMax);
    this.#bytes = new FairShare(limits.sendsWaitingMaxBytes);
  }

  /** @throws {StreamError} when the agent has too many open streams. */
  takeStream(agent: Agent): GiveBack {
    return this.#take(this.#streams, agent, 1, 'the agent has too many open streams');
  }

  /**
   * Takes the memory of a message until Dialogflow has it, by its length as JSON.
   *
   * @throws {StreamError} when too much of the agent's waits.
   */
  takeMessage(agent: Agent, message: object): GiveBack {
    const bytes = Buffer.byteLength(JSON.stringify(message));
    return this.#take(this.#bytes, agent, bytes, "too many bytes of the agent's messages wait to be sent");
  }

  #take(share: FairShare, agent: Agent, amount: number, refusal: string): GiveBack {
    // Kept, because a token that is renewed may have another key.
    const key = agentKey(agent);
    if (!share.take(key, amount)) throw new StreamError(STREAM_CODE.resourceExhausted, refusal);
    let isHeld = true;
    return () => {
      if (isHeld) share.give(key, amount);
      isHeld = false;
    };
  }
}
