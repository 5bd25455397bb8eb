import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createFaultyPublisher } from '../../../../scripts/demo/control/faulty-publisher.ts';
import { Ledger } from '../../../../scripts/demo/control/ledger.ts';
import type { Publisher } from '../../../../scripts/local/publisher.ts';
import { until } from '../../../helpers/until.ts';

const CALL = 'projects/p/conversations/c';
const EVENT = JSON.stringify({
  conversation: 'projects/p/locations/global/conversations/c',
  type: 'NEW_MESSAGE',
});

interface Sent {
  json: string;
  attributes: Record<string, string>;
}

function publisherWith(shares: { duplicates: number; reorder: number }) {
  const sent: Sent[] = [];
  const pubsub: Publisher = {
    publish: async (_kind, json, attributes = {}) => String(sent.push({ json, attributes })),
  };
  const ledger = new Ledger(() => false, Date.now);
  const stop = new AbortController();
  const publisher = createFaultyPublisher(pubsub, {
    ledger,
    shares,
    random: () => 0,
    now: Date.now,
    signal: stop.signal,
  });
  return { publisher, sent, stop, events: () => ledger.since(0, [CALL]) };
}

test('without faults an event keeps the id of Pub/Sub and its own attributes', async () => {
  const { publisher, sent, events } = publisherWith({ duplicates: 0, reorder: 0 });
  assert.is(await publisher.publish('new-message-event', EVENT, { a: '1' }), '1');
  assert.equal(sent, [{ json: EVENT, attributes: { a: '1' } }]);
  assert.equal(
    events().map(({ messageId, kind }) => [messageId, kind]),
    [['1', 'new-message-event']],
  );
});

test('a duplicate is one event that is published twice under one id', async () => {
  const { publisher, sent, events } = publisherWith({ duplicates: 1, reorder: 0 });
  const id = await publisher.publish('new-message-event', EVENT);
  await until(() => sent.length === 2, 30_000);
  assert.is(sent[0]?.attributes.replayed_message_id, sent[1]?.attributes.replayed_message_id);
  assert.is(id, `dead-letter-${sent[0]?.attributes.replayed_message_id}`);
  assert.equal(
    events().map(({ messageId }) => messageId),
    [id],
  );
});

test('an event that is held back is noted at once and published later', async () => {
  const { publisher, sent, events } = publisherWith({ duplicates: 0, reorder: 1 });
  await publisher.publish('new-message-event', EVENT);
  assert.is(sent.length, 0);
  assert.is(events().length, 1);
  await until(() => sent.length === 1, 30_000);
  assert.ok(Date.parse(sent[0]?.attributes.replayed_publish_time ?? '') <= Date.now());
});

test('faults that are turned off meanwhile touch no further event', async () => {
  const shares = { duplicates: 0, reorder: 1 };
  const { publisher, sent, stop } = publisherWith(shares);
  await publisher.publish('new-message-event', EVENT);
  stop.abort();
  shares.reorder = 0;
  await publisher.publish('new-message-event', EVENT);
  assert.is(sent.length, 1);
});

test.run();
