// The counts of events that were dropped: exact, and no reason for a Redis that takes no writes to keep an event.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { conversationKeys } from '../../../shared/keys.ts';
import { makeEvent, makeInterim } from '../../helpers/events.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';

const fixture = redisFixture(test);

const countsOf = (conversation: ShortName) =>
  fixture.redis.hmget(conversationKeys(conversation).meta, 'duplicates', 'stale', 'over');

test('an event that is appended counts nothing', async () => {
  const conversation = uniqueConversation();
  await fixture.publish(conversation);
  assert.equal(await countsOf(conversation), [null, null, null]);
});

test('duplicates of events and of interim transcripts are counted', async () => {
  const conversation = uniqueConversation();
  const event = makeEvent(conversation);
  const interim = makeInterim(conversation, { message: 'u1' });
  for (let time = 0; time < 3; time++) {
    await fixture.append(event);
    await fixture.append(interim);
  }
  assert.equal(await countsOf(conversation), ['4', null, null]);
});

test('interim transcripts that come late are counted by their reason', async () => {
  const conversation = uniqueConversation();
  const said = (publishTime: string, isFinal = false) =>
    fixture.publishInterim(conversation, { message: 'u1' }, { publishTime, isFinal });
  await said('2026-01-01T00:00:02Z');
  await said('2026-01-01T00:00:01Z');
  await said('2026-01-01T00:00:03Z', true);
  await said('2026-01-01T00:00:04Z');
  assert.equal(await countsOf(conversation), [null, '1', '1']);
});

test('a Redis that takes no writes still knows a duplicate', async () => {
  const conversation = uniqueConversation();
  const event = makeEvent(conversation);
  await fixture.append(event);
  for (const [name, value, sound] of [
    ['maxmemory', '1mb', '0'],
    ['min-replicas-to-write', '1', '0'],
  ] as const) {
    await fixture.redis.config('SET', name, value);
    const { outcome } = await fixture.log
      .append(event)
      .finally(() => fixture.redis.config('SET', name, sound));
    assert.is(outcome, 'duplicate', name);
  }
});

test.run();
