import { setTimeout as sleep } from 'node:timers/promises';
import { REPLAYED_ID, REPLAYED_TIME } from '../../../shared/replayed.ts';
import type { CallData } from '../../calls/call-event.ts';
import { identify } from '../../calls/call-publisher.ts';
import { drawFates, type FaultShares } from '../../calls/faults.ts';
import type { Publisher } from '../../local/publisher.ts';
import type { Ledger } from './ledger.ts';

export interface FaultyPublisherDeps {
  ledger: Ledger;
  /** Read for each event, so they may change. */
  shares: Readonly<FaultShares>;
  random: () => number;
  /** Milliseconds since 1970, with fractions: two events of a millisecond have an order. */
  now: () => number;
  /** Gives up what is held back. */
  signal: AbortSignal;
}

/** Publishes all events of the demo, with the faults that Pub/Sub may have, and notes each of them. */
export function createFaultyPublisher(publisher: Publisher, deps: FaultyPublisherDeps): Publisher {
  const { ledger, shares, random, now, signal } = deps;
  const nextFate = drawFates(shares, random);
  // Unique in a topic beyond this run, and digits alone.
  let lastId = BigInt(Math.floor(now())) * 1_000_000n;

  return {
    async publish(kind, json, attributes = {}) {
      const { conversation, utterance } = identify({ attributes, data: JSON.parse(json) as CallData });
      const event = { conversation, kind, utterance: utterance ?? null, at: now() };
      const { holdMs, repeatAfterMs } = nextFate();
      if (holdMs === 0 && repeatAfterMs === undefined) {
        const messageId = await publisher.publish(kind, json, attributes);
        ledger.add({ ...event, messageId })(messageId);
        return messageId;
      }
      // Both deliveries must be one event to the function, and one that is held back keeps the time at which it happened.
      const id = String(++lastId);
      const messageId = `dead-letter-${id}`;
      const identified = {
        ...attributes,
        [REPLAYED_ID]: id,
        [REPLAYED_TIME]: new Date(event.at).toISOString(),
      };
      const sent = ledger.add({ ...event, messageId });
      const send = async () => sent(await publisher.publish(kind, json, identified));
      const sendAfter = (ms: number) => sleep(ms, undefined, { signal }).then(send);
      const repeat = () => {
        // One that fails shows in the ledger, where the event is not acknowledged.
        if (repeatAfterMs !== undefined) void sendAfter(repeatAfterMs).catch(() => {});
      };
      if (holdMs === 0) {
        await send();
        repeat();
      } else void sendAfter(holdMs).then(repeat, () => {});
      return messageId;
    },
  };
}
