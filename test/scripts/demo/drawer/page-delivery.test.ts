// Whether the two counts beside the faults say what is true: each can become more than 0.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PublishedEvent } from '../../../../scripts/demo/control/api.ts';
import { LOST_AFTER_MS, PageDelivery } from '../../../../scripts/demo/drawer/page-delivery.ts';
import type { EventKind } from '../../../../shared/event.ts';

const CALL = 'projects/p/conversations/c';
const INTERIM = 'new-recognition-result-notification-event';
/** When everything that is late is lost. */
const LATER = 1_000_000;

let page: PageDelivery;
test.before.each(() => {
  page = new PageDelivery();
  page.joined(CALL, 0);
});

function publish(messageId: string, event: Partial<PublishedEvent> = {}): void {
  const at = event.at ?? 10_000;
  page.published([
    {
      conversation: CALL,
      kind: 'new-message-event',
      messageId,
      utterance: null,
      at,
      takenAt: at,
      isInFault: false,
      ...event,
    },
  ]);
}

const receive = (message_id: string, data_type: EventKind = 'new-message-event', conversation_name = CALL) =>
  page.received({ conversation_name, data_type, message_id });

test('an event that arrives once is neither lost nor repeated', () => {
  publish('1');
  receive('1');
  assert.equal(page.count(LATER), {
    published: 1,
    received: 1,
    onTheWay: 0,
    superseded: 0,
    lost: 0,
    repeated: 0,
  });
});

test('an event that does not arrive is on its way, and then lost', () => {
  publish('1', { at: 10_000, takenAt: 10_500 });
  assert.is(page.count(10_500 + LOST_AFTER_MS).onTheWay, 1);
  assert.is(page.count(10_500 + LOST_AFTER_MS).lost, 0);
  assert.is(page.count(10_501 + LOST_AFTER_MS).lost, 1);
  assert.is(page.count(10_501 + LOST_AFTER_MS).onTheWay, 0);
});

test('an event that arrives twice is repeated once, and three times twice', () => {
  publish('1');
  receive('1');
  receive('1');
  assert.is(page.count(LATER).repeated, 1);
  receive('1');
  assert.is(page.count(LATER).repeated, 2);
  assert.is(page.count(LATER).received, 1);
});

test('an event that comes again after a new join is repeated too', () => {
  receive('1');
  page.disconnected(20_000);
  page.joined(CALL, 21_000);
  receive('1');
  assert.is(page.count(LATER).repeated, 1);
});

test('what comes again after the page has cleared its view is not repeated', () => {
  receive('1');
  page.reset(CALL);
  receive('1');
  assert.is(page.count(LATER).repeated, 0);
  receive('1');
  assert.is(page.count(LATER).repeated, 1);
});

test('two kinds or two conversations may have the same id', () => {
  receive('1');
  receive('1', 'conversation-lifecycle-event');
  receive('1', 'new-message-event', `${CALL}2`);
  assert.is(page.count(LATER).repeated, 0);
});

test('while the page is not connected nothing is lost yet', () => {
  page.disconnected(9_000);
  publish('1');
  assert.is(page.count(LATER).lost, 0);
  assert.is(page.count(LATER).onTheWay, 1);
  page.joined(CALL, LATER);
  assert.is(page.count(LATER + LOST_AFTER_MS).lost, 0);
  assert.is(page.count(LATER + LOST_AFTER_MS + 1).lost, 1);
});

test('an event that no function takes is lost after a minute', () => {
  publish('1', { takenAt: null });
  assert.is(page.count(10_000 + 60_000).lost, 0);
  assert.is(page.count(10_000 + 60_001).lost, 1);
});

const interim = (messageId: string, at: number, event: Partial<PublishedEvent> = {}) =>
  publish(messageId, { kind: INTERIM, utterance: 'm1', at, takenAt: at, ...event });

test('an interim transcript that a newer one overtook is superseded', () => {
  interim('1', 10_000);
  interim('2', 10_300);
  receive('2', INTERIM);
  assert.is(page.count(LATER).superseded, 1);
  assert.is(page.count(LATER).lost, 0);
});

test('an interim transcript that its message overtook is superseded', () => {
  interim('1', 10_000);
  publish('3', { utterance: 'm1', at: 11_000 });
  receive('3');
  assert.is(page.count(LATER).superseded, 1);
});

test('the last interim transcript of an utterance is lost if it does not arrive', () => {
  interim('1', 10_000);
  interim('2', 10_300);
  receive('1', INTERIM);
  assert.is(page.count(LATER).lost, 1);
});

test('interim transcripts from while the page was away do not count', () => {
  page.disconnected(10_500);
  page.joined(CALL, 12_000);
  interim('in flight', 9_000);
  interim('away', 11_000);
  interim('in a fault', 20_000, { isInFault: true });
  assert.is(page.count(LATER).lost, 0);
  interim('live', 21_000);
  assert.is(page.count(LATER).lost, 1);
});

test('the open interim transcript comes again with a join, and not otherwise', () => {
  receive('1', INTERIM);
  page.disconnected(20_000);
  page.joined(CALL, 21_000);
  receive('1', INTERIM);
  assert.is(page.count(LATER).repeated, 0);
  receive('1', INTERIM);
  assert.is(page.count(LATER).repeated, 1);
});

test('a call that is closed keeps what was lost and repeated, and waits for nothing', () => {
  publish('1', { at: 900_000, takenAt: LATER });
  publish('2');
  receive('3');
  receive('3');
  page.keepOnly([], LATER);
  const { lost, repeated, onTheWay, published } = page.count(LATER * 2);
  assert.equal({ lost, repeated, onTheWay, published }, { lost: 1, repeated: 1, onTheWay: 0, published: 2 });
});

test('a call that is opened again may begin with the same events', () => {
  receive('1');
  page.keepOnly([], LATER);
  page.joined(CALL, LATER);
  receive('1');
  assert.is(page.count(LATER).repeated, 0);
});

test.run();
