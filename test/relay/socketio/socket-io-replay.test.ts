// What a desktop is sent first when it joins, by what it asks for and by what is retained.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRedis, type Redis } from '../../../shared/redis.ts';
import { createEventLog, type EventLog } from '../../../shared/stream/event-log.ts';
import { TestDesktop } from '../../helpers/desktop.ts';
import { makeEvent, makeInterim } from '../../helpers/events.ts';
import { startTestRedis, type TestRedis, uniqueConversation } from '../../helpers/redis.ts';
import { startTestRelay, type TestRelay } from '../../helpers/relay.ts';

let redis: TestRedis;
let commands: Redis;
let log: EventLog;
let relays: TestRelay[];
const desktops: TestDesktop[] = [];

test.before(async () => {
  redis = await startTestRedis();
  commands = createRedis(redis.redisConfig);
  log = createEventLog(commands, { historySize: 1000, historyTtlSeconds: 3600 });
  relays = [await startTestRelay(redis), await startTestRelay(redis)];
});
test.after.each(() => {
  for (const desktop of desktops.splice(0)) desktop.close();
});
test.after(async () => {
  for (const relay of relays) await relay.close();
  commands.disconnect();
  await redis.stop();
});

type Options = ConstructorParameters<typeof TestDesktop>[2];

async function connect(relay = relays[0] as TestRelay, options?: Options): Promise<TestDesktop> {
  const desktop = new TestDesktop(relay.url, relay.token, options);
  desktops.push(desktop);
  return desktop.connected();
}

test('a first join is given the conversation so far, then the open interim transcript, then what comes', async () => {
  const conversation = uniqueConversation();
  for (const messageId of ['1', '2']) await log.append(makeEvent(conversation, { messageId }));
  await log.append(
    makeInterim(conversation, { message: 'u1' }, { messageId: '3', publishTime: '2026-11-24T10:00:00Z' }),
  );
  await log.append(
    makeInterim(conversation, { message: 'u1' }, { messageId: '4', publishTime: '2026-11-24T10:00:01Z' }),
  );
  const desktop = await connect();
  await desktop.join(conversation);
  await log.append(makeEvent(conversation, { messageId: '5' }));
  await desktop.received(4);
  assert.equal(desktop.messageIds(), ['1', '2', '4', '5']);
});

test('REPLAY_ON_JOIN=none gives only what comes', async () => {
  const relay = await startTestRelay(redis, { REPLAY_ON_JOIN: 'none' });
  const conversation = uniqueConversation();
  await log.append(makeEvent(conversation, { messageId: '1' }));
  const desktop = await connect(relay);
  await desktop.join(conversation);
  await log.append(makeEvent(conversation, { messageId: '2' }));
  await desktop.received(1);
  assert.equal(desktop.messageIds(), ['2']);
  desktop.close();
  await relay.close();
});

test('a join with a cursor goes on behind it, and "0" starts at the beginning', async () => {
  const conversation = uniqueConversation();
  for (const messageId of ['1', '2', '3']) await log.append(makeEvent(conversation, { messageId }));
  const first = await connect();
  const [ok, name, answer] = await first.join({ conversation, after: '0' });
  assert.equal([ok, name], [true, conversation]);
  assert.equal(Object.keys(answer as object), ['cursor', 'recovered']);
  await first.received(3);
  assert.equal(first.messageIds(), ['1', '2', '3']);

  const second = await connect(relays[1]);
  const cursor = first.events[1]?.cursor;
  assert.equal(await second.join({ conversation, after: cursor }), [
    true,
    conversation,
    { cursor, recovered: true },
  ]);
  await second.received(1);
  assert.equal(second.messageIds(), ['3']);

  const live = await connect();
  const [, , liveAnswer] = await live.join({ conversation });
  assert.equal(liveAnswer, { cursor: first.events[2]?.cursor, recovered: true });
  await log.append(makeEvent(conversation, { messageId: '4' }));
  for (const desktop of [first, second, live]) await desktop.received(1);
  assert.equal(live.messageIds(), ['4']);
});

test('a cursor of a lost life of the log is not recovered, and what there is comes', async () => {
  const conversation = uniqueConversation();
  await log.append(makeEvent(conversation, { messageId: '1' }));
  const desktop = await connect();
  const [, , answer] = await desktop.join({ conversation, after: 'gone.7.abc' });
  assert.is((answer as { recovered: boolean }).recovered, false);
  await desktop.received(1);
  assert.equal(desktop.messageIds(), ['1']);
});

test.run();
