// What a trace reads in Redis beside the events: the time of the last append, the drops, and the relays with desktops.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TRACE_LIMITS } from '../../../relay/trace/limits.ts';
import { type LogReport, reportLog } from '../../../relay/trace/log-report.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { DESKTOP_RELAYS_KEY, desktopsKey } from '../../../shared/keys.ts';
import { makeEvent } from '../../helpers/events.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { HISTORY, redisFixture } from '../../helpers/redis-fixture.ts';
import '../../helpers/patient-redis.ts';

const fixture = redisFixture(test);

const report = (conversation: ShortName, historyTtlSeconds = HISTORY.historyTtlSeconds): Promise<LogReport> =>
  reportLog(
    {
      reads: fixture.redis,
      eventLog: fixture.log,
      config: { historyTtlSeconds },
      limits: TRACE_LIMITS,
      now: Date.now,
    },
    conversation,
  );

test('the time of the last append lies between its request and its answer', async () => {
  const conversation = uniqueConversation();
  await fixture.publish(conversation);
  const before = Date.now();
  await fixture.publish(conversation);
  const after = Date.now();
  const askedAt = Date.now();
  const { lastAppendedAt } = await report(conversation);
  const slackMs = Date.now() - askedAt + 1;
  assert.ok(lastAppendedAt !== null && lastAppendedAt >= before - slackMs, `${lastAppendedAt} ${before}`);
  assert.ok(lastAppendedAt <= after + slackMs, `${lastAppendedAt} ${after}`);
});

test('the end of a conversation shortens the life of its log, and not the measure', async () => {
  const conversation = uniqueConversation();
  await fixture.finish(conversation);
  const { lastAppendedAt } = await report(conversation);
  assert.ok(Math.abs((lastAppendedAt ?? 0) - Date.now()) < 60_000);
});

test('functions with another HISTORY_TTL_SECONDS leave the time unknown', async () => {
  const conversation = uniqueConversation();
  await fixture.publish(conversation);
  assert.is((await report(conversation, HISTORY.historyTtlSeconds * 24)).lastAppendedAt, null);
});

test('a log without events has no time, and no drops', async () => {
  const { lastAppendedAt, dropped } = await report(uniqueConversation());
  assert.equal([lastAppendedAt, dropped], [null, { duplicates: 0, stale: 0, over: 0 }]);
});

test('drops are those of the conversation', async () => {
  const conversation = uniqueConversation();
  const event = makeEvent(conversation);
  for (let time = 0; time < 3; time++) await fixture.append(event);
  assert.equal((await report(conversation)).dropped, { duplicates: 2, stale: 0, over: 0 });
});

test('relays with desktops are listed for 90 s after their last word', async () => {
  const now = Date.now();
  for (const [relay, seenAt] of [
    ['gone', now - 91_000],
    ['here', now],
    ['ended in order', now],
  ] as const)
    await fixture.redis.zadd(DESKTOP_RELAYS_KEY, String(seenAt), relay);
  for (const relay of ['gone', 'here']) await fixture.redis.hset(desktopsKey(relay), 'any', '1');
  assert.equal((await report(uniqueConversation())).seenRelays, [{ relay: 'here', seenAt: now }]);
});

test.run();
