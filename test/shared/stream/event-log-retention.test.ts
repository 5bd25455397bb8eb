import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { conversationKeys } from '../../../shared/keys.ts';
import { createRedis, type Redis } from '../../../shared/redis.ts';
import { createEventLog, type EventLog } from '../../../shared/stream/event-log.ts';
import { makeEvent, makeInterim } from '../../helpers/events.ts';
import { startTestRedis, type TestRedis, uniqueConversation } from '../../helpers/redis.ts';
import { until } from '../../helpers/until.ts';

const DAY = 86_400;
const HOUR = 3_600;

let server: TestRedis;
let redis: Redis;
let log: EventLog;

test.before(async () => {
  server = await startTestRedis();
  redis = createRedis(server.redisConfig);
  log = createEventLog(redis, { historySize: 1000, historyTtlSeconds: DAY });
});
test.after(async () => {
  redis.disconnect();
  await server.stop();
});

const finished = (type: unknown = 'CONVERSATION_FINISHED') =>
  ({ kind: 'conversation-lifecycle-event', data: { type } }) as const;

for (const type of ['CONVERSATION_FINISHED', 2]) {
  test(`a conversation that is finished (${JSON.stringify(type)}) is kept for an hour, whatever still comes`, async () => {
    const conversation = uniqueConversation();
    const keys = conversationKeys(conversation);
    const ttls = () => Promise.all([redis.ttl(keys.log), redis.ttl(keys.meta), redis.ttl(keys.ids)]);
    await log.append(makeEvent(conversation));
    assert.equal((await ttls()).map(Math.round), [DAY, 2 * DAY, 2 * DAY]);

    await log.append(makeEvent(conversation, finished(type)));
    assert.equal(await ttls(), [HOUR, HOUR + DAY, HOUR + DAY]);
    await log.append(makeEvent(conversation, { kind: 'human-agent-assistant-event' }));
    await log.append(makeEvent(conversation, finished(type)));
    await log.append(makeInterim(conversation, { message: 'm1' }));
    assert.equal(await ttls(), [HOUR, HOUR + DAY, HOUR + DAY]);
    assert.is((await log.read(conversation, 0, 10)).events.length, 4);
  });
}

test('other lifecycle events do not shorten its life', async () => {
  const conversation = uniqueConversation();
  await log.append(makeEvent(conversation, finished('CONVERSATION_STARTED')));
  await log.append(makeEvent(conversation, { data: { type: 'CONVERSATION_FINISHED_NOT' } }));
  assert.is(await redis.ttl(conversationKeys(conversation).log), DAY);
});

test('a shorter HISTORY_TTL_SECONDS holds for finished conversations too', async () => {
  const short = createEventLog(redis, { historySize: 1000, historyTtlSeconds: 600 });
  const conversation = uniqueConversation();
  await short.append(makeEvent(conversation, finished()));
  assert.is(await redis.ttl(conversationKeys(conversation).log), 600);
});

test('a page holds at most 256 KiB of events, though always one, and reading on gives the rest', async () => {
  const conversation = uniqueConversation();
  const sizes = [100, 100, 100, 700, 10, 10].map((kib) => kib * 1024);
  for (const size of sizes) await log.append(makeEvent(conversation, { data: { text: 'x'.repeat(size) } }));
  const pages: number[][] = [];
  for (let after = 0; after < sizes.length; ) {
    const { events, top } = await log.read(conversation, after, 200);
    assert.is(top.offset, sizes.length);
    pages.push(events.map((event) => event.position.offset));
    after = events.at(-1)?.position.offset ?? sizes.length;
  }
  assert.equal(pages, [[1, 2], [3], [4], [5, 6]]);
});

test('a page of large events makes Redis copy few more than it has room for', async () => {
  const conversation = uniqueConversation();
  for (let n = 0; n < 40; n++) {
    await log.append(makeEvent(conversation, { data: { text: 'x'.repeat(64 * 1024) } }));
  }
  const watcher = createRedis(server.redisConfig);
  const monitor = await watcher.monitor();
  const asked: number[] = [];
  monitor.on('monitor', (_time: string, args: string[]) => {
    if (args[0]?.toUpperCase() === 'XRANGE') asked.push(Number(args.at(-1)));
  });
  const { events } = await log.read(conversation, 0, 200);
  await until(() => asked.length > 0);
  monitor.disconnect();
  watcher.disconnect();
  assert.is(events.length, 3);
  assert.equal(asked, [8]);
});

test('a page of small events is read in steps without a gap or a repeat', async () => {
  const conversation = uniqueConversation();
  for (let n = 0; n < 30; n++) await log.append(makeEvent(conversation));
  for (const limit of [7, 8, 9, 16, 23, 200]) {
    const { events } = await log.read(conversation, 3, limit);
    assert.equal(
      events.map(({ position }) => position.offset),
      Array.from({ length: Math.min(limit, 27) }, (_, n) => n + 4),
    );
  }
});

test('open interim transcripts come with the last of several pages', async () => {
  const conversation = uniqueConversation();
  for (let count = 0; count < 3; count++) {
    await log.append(makeEvent(conversation, { data: { text: 'x'.repeat(200 * 1024) } }));
  }
  await log.append(makeInterim(conversation, { message: 'm1' }));
  assert.equal((await log.read(conversation, 0, 200)).open, []);
  assert.is((await log.read(conversation, 2, 200)).open.length, 1);
});

test.run();
