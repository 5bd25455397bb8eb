import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Call, CallReader } from '../../../relay/conversations/call-reader.ts';
import { CONVERSATION_LIMITS } from '../../../relay/conversations/limits.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { conversationKeys } from '../../../shared/keys.ts';
import { createEventLog } from '../../../shared/stream/event-log.ts';
import { sortableTime } from '../../../shared/stream/sortable-time.ts';
import { makeEvent } from '../../helpers/events.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { HISTORY, redisFixture } from '../../helpers/redis-fixture.ts';
import { lifecycleEvent, said, secondsAgo } from './calls-fixture.ts';
import '../../helpers/patient-redis.ts';

const fixture = redisFixture(test);

function startReader(limits: Partial<typeof CONVERSATION_LIMITS> = {}) {
  const clock = { now: 0 };
  const reader = new CallReader({
    reads: fixture.redis,
    limits: { ...CONVERSATION_LIMITS, ...limits },
    now: () => clock.now,
  });
  /** Reads, a while after the read before. */
  const read = async (conversation: ShortName): Promise<Call> => {
    clock.now += CONVERSATION_LIMITS.callFreshMs;
    const call = await reader.read(conversation);
    if (call === undefined) throw new Error('there is no such call');
    return call;
  };
  return { reader, read, clock };
}

const scoresOf = ({ sentiments }: Call) => sentiments.map(({ score }) => score);

test('a conversation without a log is no call', async () => {
  assert.is(await startReader().reader.read(uniqueConversation()), undefined);
});

test('a call tells who answers, the sentiment, the location and the last event', async () => {
  const conversation = uniqueConversation();
  const { publishTime } = secondsAgo(5);
  await fixture.publish(conversation, said('AUTOMATED_AGENT'));
  await fixture.publish(conversation, { ...said('END_USER', -0.5), publishTime });
  const call = await startReader().read(conversation);
  assert.is(call.answeredBy, 'AUTOMATED_AGENT');
  assert.equal(scoresOf(call), [-0.5]);
  assert.is(call.location, 'global');
  assert.is(call.lastEventAt, sortableTime(publishTime));
  assert.is(call.isFinished, false);
});

test('what a lifecycle event says of a call is told for as long as its log lives', async () => {
  const conversation = uniqueConversation();
  const { publishTime } = secondsAgo(5);
  const log = createEventLog(fixture.redis, { ...HISTORY, historySize: 1 });
  await log.append(lifecycleEvent(conversation, 'HUMAN_INTERVENTION_NEEDED', { publishTime }));
  await log.append(lifecycleEvent(conversation, 'UNRECOVERABLE_ERROR', { publishTime }));
  await log.append(lifecycleEvent(conversation, 'CONVERSATION_FINISHED'));
  await log.append(makeEvent(conversation, { publishTime }));
  const call = await startReader().read(conversation);
  assert.is(call.humanNeededAt, sortableTime(publishTime));
  assert.is(call.failedAt, sortableTime(publishTime));
  assert.is(call.isFinished, true);
});

test('a later read adds what came since, and keeps what is trimmed by then', async () => {
  const conversation = uniqueConversation();
  const log = createEventLog(fixture.redis, { ...HISTORY, historySize: 2 });
  const { read } = startReader();
  await log.append(makeEvent(conversation, said('HUMAN_AGENT')));
  await log.append(makeEvent(conversation, said('END_USER', 0.1)));
  assert.equal(scoresOf(await read(conversation)), [0.1]);
  assert.equal(scoresOf(await read(conversation)), [0.1]);
  await log.append(makeEvent(conversation, said('END_USER', 0.2)));
  await log.append(makeEvent(conversation, said('END_USER', 0.3)));
  const call = await read(conversation);
  assert.equal(scoresOf(call), [0.1, 0.2, 0.3]);
  assert.is(call.answeredBy, 'HUMAN_AGENT');
});

test('a log that began again is read as a new one', async () => {
  const conversation = uniqueConversation();
  const { read } = startReader();
  await fixture.publish(conversation, said('END_USER', 0.1));
  await fixture.publish(conversation, said('END_USER', 0.2));
  await read(conversation);
  const { channel, ...keys } = conversationKeys(conversation);
  await fixture.redis.del(...Object.values(keys));
  await fixture.publish(conversation, said('END_USER', 0.3));
  assert.equal(scoresOf(await read(conversation)), [0.3]);
});

test('an interim transcript counts as the last event', async () => {
  const conversation = uniqueConversation();
  await fixture.publish(conversation, secondsAgo(60));
  const { publishTime } = secondsAgo(1);
  await fixture.publishInterim(conversation, { message: 'm' }, { publishTime });
  assert.is((await startReader().read(conversation)).lastEventAt, sortableTime(publishTime));
});

test('a first read looks at the newest events only', async () => {
  const conversation = uniqueConversation();
  for (let count = 0; count < 20; count++) await fixture.publish(conversation, said('END_USER', count / 100));
  const { read } = startReader({ callEventsMax: 3 });
  assert.equal(scoresOf(await read(conversation)), [0.17, 0.18, 0.19]);
});

test('a first read stops before events that are large together', async () => {
  const conversation = uniqueConversation();
  await fixture.publish(conversation, said('END_USER', 0.1));
  await fixture.publish(conversation, { data: { filler: 'x'.repeat(5_000) } });
  await fixture.publish(conversation, said('END_USER', 0.2));
  assert.equal(scoresOf(await startReader({ callBytesMax: 4_000 }).read(conversation)), [0.2]);
});

test('a call whose log keeps no events has no last event', async () => {
  const conversation = uniqueConversation();
  const log = createEventLog(fixture.redis, { ...HISTORY, historySize: 0 });
  await log.append(makeEvent(conversation, said('END_USER', 0.1)));
  const call = await startReader().read(conversation);
  assert.is(call.lastEventAt, '');
  assert.equal(scoresOf(call), []);
});

test('a call whose log has expired is gone', async () => {
  const conversation = uniqueConversation();
  await fixture.publish(conversation, said('END_USER', 0.1));
  await fixture.redis.del(conversationKeys(conversation).log);
  assert.is(await startReader().reader.read(conversation), undefined);
});

test('several readers within a moment share a read', async () => {
  const conversation = uniqueConversation();
  await fixture.publish(conversation, said('END_USER', 0.1));
  const { reader, read, clock } = startReader();
  await Promise.all([reader.read(conversation), reader.read(conversation)]);
  await fixture.publish(conversation, said('END_USER', 0.2));
  clock.now += CONVERSATION_LIMITS.callFreshMs - 1;
  assert.is((await reader.read(conversation))?.sentiments.length, 1);
  assert.equal(scoresOf(await read(conversation)), [0.1, 0.2]);
});

test('a read that fails is tried again by the next reader', async () => {
  const conversation = uniqueConversation();
  await fixture.redis.set(conversationKeys(conversation).meta, 'of another type');
  const { reader } = startReader();
  const error = await reader.read(conversation).catch((reason: unknown) => reason);
  assert.match(String(error), 'WRONGTYPE');
  await fixture.redis.del(conversationKeys(conversation).meta);
  assert.is(await reader.read(conversation), undefined);
});

test.run();
