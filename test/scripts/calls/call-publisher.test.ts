import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallEvent } from '../../../scripts/calls/call-event.ts';
import { type CallPublisher, createCallPublisher } from '../../../scripts/calls/call-publisher.ts';
import type { FaultShares } from '../../../scripts/calls/faults.ts';
import { replayedOf } from '../../../shared/replayed.ts';

interface Sent {
  id: string;
  json: string;
  attributes: Record<string, string>;
}

const NONE = { duplicates: 0, reorder: 0 };
const conversation = 'projects/p/locations/global/conversations/c';

function open(
  shares: FaultShares,
  options: { fail?: () => boolean; signal?: AbortSignal } = {},
): { sent: Sent[]; calls: CallPublisher } {
  const { fail = () => false, signal = new AbortController().signal } = options;
  const sent: Sent[] = [];
  const calls = createCallPublisher({
    publisher: {
      async publish(_kind, json, attributes = {}) {
        if (fail()) throw new Error('no Pub/Sub');
        const id = String(sent.length + 1);
        sent.push({ id, json, attributes });
        return id;
      },
    },
    shares,
    random: () => 0.5,
    speed: 1_000,
    signal,
  });
  return { sent, calls };
}

const interim = (message_id: string): CallEvent => ({
  atMs: 0,
  kind: 'new-recognition-result-notification-event',
  attributes: { participant_id: 'customer', participant_role: 'END_USER', message_id },
  data: { conversation, type: 'NEW_RECOGNITION_RESULT' },
});

const message = (id: string): CallEvent => ({
  atMs: 0,
  kind: 'new-message-event',
  attributes: {},
  data: {
    conversation,
    type: 'NEW_MESSAGE',
    newMessagePayload: {
      name: `${conversation}/messages/${id}`,
      content: 'Yes.',
      languageCode: 'en-US',
      participant: 'customer',
      participantRole: 'END_USER',
      createTime: '',
      sendTime: '',
    },
  },
});

test('without faults an event goes as it is, under the id that Pub/Sub gives', async () => {
  const { sent, calls } = open(NONE);
  await calls.publish(interim('m1'));
  await calls.settled();
  assert.equal(sent[0]?.attributes, interim('m1').attributes);
  const [{ at, ...publication } = { at: 0 }] = calls.published;
  assert.ok(at > 0);
  assert.equal(publication, {
    conversation: 'projects/p/conversations/c',
    kind: 'new-recognition-result-notification-event',
    messageId: '1',
    sentAs: ['1'],
    utterance: 'm1',
  });
});

test('a message is of the utterance that it ends', async () => {
  const { calls } = open(NONE);
  await calls.publish(message('m1'));
  assert.is(calls.published[0]?.utterance, 'm1');
});

test('a duplicate is one event: both have one id and one time of their own', async () => {
  const { sent, calls } = open({ duplicates: 1, reorder: 0 });
  await calls.publish(message('m1'));
  await calls.settled();
  assert.is(sent.length, 2);
  assert.equal(sent[0]?.attributes, sent[1]?.attributes);
  assert.is(sent[0]?.json, sent[1]?.json);
  const { messageId, publishTime } = replayedOf(sent[0]?.attributes ?? {});
  assert.ok(publishTime);
  assert.is(calls.published.length, 1);
  assert.is(calls.published[0]?.messageId, messageId);
  assert.equal(calls.published[0]?.sentAs, ['1', '2']);
});

test('an event that is held back is overtaken, and keeps its time', async () => {
  const { sent, calls } = open({ duplicates: 0, reorder: 1 });
  const before = new Date().toISOString();
  await calls.publish(interim('m1'));
  assert.is(sent.length, 0);
  const after = new Date().toISOString();
  await calls.settled();
  assert.is(sent.length, 1);
  const { publishTime = '' } = replayedOf(sent[0]?.attributes ?? {});
  assert.ok(publishTime >= before && publishTime <= after);
});

test('what fails later than the call is told at the end', async () => {
  const { calls } = open({ duplicates: 0, reorder: 1 }, { fail: () => true });
  await calls.publish(message('m1'));
  const error = await calls.settled().catch((reason: Error) => reason);
  assert.is((error as Error).message, 'no Pub/Sub');
});

test('what fails at once is thrown at once', async () => {
  const { calls } = open(NONE, { fail: () => true });
  const error = await calls.publish(message('m1')).catch((reason: Error) => reason);
  assert.is((error as Error).message, 'no Pub/Sub');
});

test.run();
