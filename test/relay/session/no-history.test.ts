// HISTORY_SIZE=0: nothing can be had again, and every desktop that missed something is told.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { conversationKeys } from '../../../shared/keys.ts';
import { createRedis, type Redis } from '../../../shared/redis.ts';
import { createEventLog, type EventLog } from '../../../shared/stream/event-log.ts';
import { toCursor } from '../../../shared/stream/position.ts';
import { TestDesktop } from '../../helpers/desktop.ts';
import { makeEvent } from '../../helpers/events.ts';
import { startTestRedis, type TestRedis, uniqueConversation } from '../../helpers/redis.ts';
import { startTestRelay, type TestRelay } from '../../helpers/relay.ts';
import { until } from '../../helpers/until.ts';
import { NativeDesktop } from '../websocket/native-server.ts';

let redis: TestRedis;
let commands: Redis;
let log: EventLog;
let relay: TestRelay;
const natives: NativeDesktop[] = [];
const desktops: TestDesktop[] = [];

test.before(async () => {
  redis = await startTestRedis();
  commands = createRedis(redis.redisConfig);
  log = createEventLog(commands, { historySize: 0, historyTtlSeconds: 3600 });
  relay = await startTestRelay(redis, { HISTORY_SIZE: '0' });
});
test.after.each(() => {
  for (const native of natives.splice(0)) native.socket.terminate();
  for (const desktop of desktops.splice(0)) desktop.close();
});
test.after(async () => {
  await relay.close();
  commands.disconnect();
  await redis.stop();
});

async function connectNative(): Promise<NativeDesktop> {
  const native = new NativeDesktop(relay.url);
  natives.push(native);
  await native.ready(relay.token);
  return native;
}

async function connect(): Promise<TestDesktop> {
  const desktop = new TestDesktop(relay.url, relay.token);
  desktops.push(desktop);
  return desktop.connected();
}

/** Publishes so many events; resolves with their ids and the cursor of the last. */
async function publish(
  conversation: ShortName,
  count: number,
): Promise<{ ids: string[]; cursors: string[] }> {
  const ids: string[] = [];
  const cursors: string[] = [];
  for (let n = 0; n < count; n++) {
    const event = makeEvent(conversation);
    const { position } = await log.append(event);
    ids.push(event.messageId);
    cursors.push(toCursor(position));
  }
  return { ids, cursors };
}

/** An event that the log takes and that no relay hears of. */
async function publishUnheard(conversation: ShortName): Promise<void> {
  const { top } = await log.read(conversation, 0, 0);
  await commands.hset(conversationKeys(conversation).meta, { offset: top.offset + 1, tag: 'unheard' });
}

/** What a join after `cursor` is answered, on either protocol. */
async function answersTo(conversation: ShortName, after: string) {
  const [native, desktop] = [await connectNative(), await connect()];
  const frame = await native.join(conversation, after);
  const [, , answer] = await desktop.join({ conversation, after });
  assert.is(frame.type, 'joined');
  const { cursor, recovered } = frame as typeof frame & { cursor: string; recovered: boolean };
  assert.equal(answer, { cursor, recovered });
  return { native, desktop, cursor, recovered };
}

test('nothing of what was said rests in Redis', async () => {
  const conversation = uniqueConversation();
  await publish(conversation, 5);
  assert.is(await commands.xlen(conversationKeys(conversation).log), 0);
});

test('a join after the top has missed nothing, and goes on live', async () => {
  const conversation = uniqueConversation();
  const { cursors } = await publish(conversation, 3);
  const top = cursors[2] ?? '';
  const { native, desktop, cursor, recovered } = await answersTo(conversation, top);
  assert.equal([cursor, recovered], [top, true]);
  const { ids } = await publish(conversation, 2);
  await native.received(2);
  await desktop.received(2);
  assert.equal(native.messageIds(), ids);
  assert.equal(desktop.messageIds(), ids);
});

test('a join after "0" before anything was said has missed nothing', async () => {
  const conversation = uniqueConversation();
  const { native, desktop, cursor, recovered } = await answersTo(conversation, '0');
  assert.equal([cursor, recovered], ['0', true]);
  const { ids } = await publish(conversation, 3);
  await native.received(3);
  await desktop.received(3);
  assert.equal(native.messageIds(), ids);
  assert.equal(desktop.messageIds(), ids);
  assert.equal(native.of('reset'), []);
});

for (const from of ['0', 'an older cursor']) {
  test(`a join after ${from} is told that something is missing, and goes on live`, async () => {
    const conversation = uniqueConversation();
    const { cursors } = await publish(conversation, 3);
    const after = from === '0' ? '0' : (cursors[1] ?? '');
    const { native, desktop, cursor, recovered } = await answersTo(conversation, after);
    assert.equal([cursor, recovered], [cursors[2], false]);
    const { ids } = await publish(conversation, 2);
    await native.received(2);
    await desktop.received(2);
    assert.equal(native.messageIds(), ids);
    assert.equal(desktop.messageIds(), ids);
  });
}

test('a join by name is let in and gets what comes', async () => {
  const conversation = uniqueConversation();
  await publish(conversation, 3);
  const desktop = await connect();
  assert.equal(await desktop.join(conversation), [true, conversation]);
  const { ids } = await publish(conversation, 4);
  await desktop.received(4);
  assert.equal(desktop.messageIds(), ids);
  assert.ok(desktop.socket.connected);
});

test('a live event that was lost on the way is told by a reset, and delivery goes on behind it', async () => {
  const conversation = uniqueConversation();
  const { native, desktop } = await answersTo(conversation, '0');
  const byName = await connect();
  await byName.join(conversation);
  let disconnects = 0;
  desktop.socket.on('disconnect', () => disconnects++);
  const first = await publish(conversation, 2);
  for (const each of [native, desktop, byName]) await each.received(2);

  await publishUnheard(conversation);
  const second = await publish(conversation, 1); // shows the gap, and is itself not to be had any more
  await until(() => native.of('reset').length > 0 && disconnects > 0);
  assert.equal(
    native.of('reset').map(({ cursor }) => cursor),
    second.cursors,
  );
  assert.is(disconnects, 1, 'a Socket.IO desktop with cursors is told by its next join');
  await until(() => desktop.socket.connected);
  const after = desktop.events.at(-1)?.cursor;
  assert.equal((await desktop.join({ conversation, after }))[2], {
    cursor: second.cursors[0],
    recovered: false,
  });

  const third = await publish(conversation, 2);
  for (const each of [native, desktop, byName]) {
    await each.received(4);
    assert.equal(each.messageIds(), [...first.ids, ...third.ids]);
  }
  assert.is(native.of('reset').length, 1);
});

test.run();
