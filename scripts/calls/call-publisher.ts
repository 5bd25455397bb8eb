import { setTimeout as sleep } from 'node:timers/promises';
import { shortName } from '../../shared/conversation-name.ts';
import { REPLAYED_ID, REPLAYED_TIME } from '../../shared/replayed.ts';
import type { Publisher } from '../local/publisher.ts';
import type { CallEvent } from './call-event.ts';
import type { Publication } from './delivery-report.ts';
import { drawFates, type FaultShares } from './faults.ts';

export interface CallPublisherOptions {
  publisher: Publisher;
  shares: FaultShares;
  /** Gives numbers from 0 to 1, 1 excluded. */
  random: () => number;
  /** How many times as fast as speech. */
  speed: number;
  /** Takes each event in the place of {@link CallPublisher.published}, which then stays empty. */
  onPublished?(publication: Publication): void;
  /** Gives up what is held back. */
  signal: AbortSignal;
}

/** Publishes the events of calls with faults, and notes each event once. */
export interface CallPublisher {
  /** Everything that was published, without the duplicates. */
  published: readonly Publication[];
  /** How many events were held back. */
  heldBack(): number;
  /** Resolves once it is published, or at once when it is held back. */
  publish(event: CallEvent): Promise<void>;
  /**
   * Resolves once nothing is held back any more.
   *
   * @throws what publishing something threw that had been held back.
   */
  settled(): Promise<void>;
}

export function createCallPublisher(options: CallPublisherOptions): CallPublisher {
  const { publisher, shares, random, speed, signal } = options;
  const nextFate = drawFates(shares, random);
  const hasFaults = shares.duplicates > 0 || shares.reorder > 0;
  const published: Publication[] = [];
  const { onPublished = (publication) => published.push(publication) } = options;
  const pending = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let heldBack = 0;
  // Unique in a topic beyond this run, and digits alone.
  let lastId = BigInt(Date.now()) * 1_000_000n;

  const wait = (ms: number) => sleep(ms / speed, undefined, { signal });

  /** Lets it go on beside the call; `settled` tells what it throws. */
  function later(work: Promise<void>): void {
    const done: Promise<void> = work
      .catch((error: unknown) => {
        failures.push(error);
      })
      .finally(() => pending.delete(done));
    pending.add(done);
  }

  async function publishOnce(event: CallEvent): Promise<void> {
    const { kind, attributes, data } = event;
    const at = performance.now();
    const messageId = await publisher.publish(kind, JSON.stringify(data), attributes);
    onPublished({ kind, ...identify(event), messageId, sentAs: [messageId], at });
  }

  /**
   * The event brings an id and a time of its own, in the attributes by which a dead letter keeps its id. So both
   * deliveries are one event to the function, and one that is held back keeps the time at which it happened.
   */
  async function publishWithFaults(event: CallEvent): Promise<void> {
    const { kind, attributes, data } = event;
    const { holdMs, repeatAfterMs } = nextFate();
    const id = String(++lastId);
    const identified = { ...attributes, [REPLAYED_ID]: id, [REPLAYED_TIME]: new Date().toISOString() };
    const sentAs: string[] = [];
    const send = async () => {
      sentAs.push(await publisher.publish(kind, JSON.stringify(data), identified));
    };
    const sendFirst = async () => {
      const messageId = `dead-letter-${id}`;
      onPublished({ kind, ...identify(event), messageId, sentAs, at: performance.now() });
      await send();
      if (repeatAfterMs !== undefined) later(wait(repeatAfterMs).then(send));
    };
    if (holdMs === 0) return sendFirst();
    heldBack += 1;
    later(wait(holdMs).then(sendFirst));
  }

  return {
    published,
    heldBack: () => heldBack,
    publish: hasFaults ? publishWithFaults : publishOnce,
    async settled() {
      // A first delivery that was held back may begin a second one.
      while (pending.size > 0) await Promise.all(pending);
      if (failures.length > 0) throw failures[0];
    },
  };
}

/** The conversation of an event, and the utterance that it belongs to. */
export function identify({
  attributes,
  data,
}: Pick<CallEvent, 'attributes' | 'data'>): Pick<Publication, 'conversation' | 'utterance'> {
  const [, id = ''] = data.conversation.split('/');
  const message = 'newMessagePayload' in data ? data.newMessagePayload?.name.split('/').at(-1) : undefined;
  return {
    conversation: shortName(data.conversation, { id }),
    utterance: message ?? attributes.message_id,
  };
}
