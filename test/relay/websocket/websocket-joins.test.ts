import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EVENT_KINDS } from '../../../shared/event.ts';
import { createRedis, type Redis } from '../../../shared/redis.ts';
import { createEventLog, type EventLog } from '../../../shared/stream/event-log.ts';
import { TestDesktop } from '../../helpers/desktop.ts';
import { makeEvent, makeInterim } from '../../helpers/events.ts';
import { startTestRedis, type TestRedis, uniqueConversation } from '../../helpers/redis.ts';
import { startTestRelay, type TestRelay } from '../../helpers/relay.ts';
import { until } from '../../helpers/until.ts';
import { NativeDesktop } from './native-server.ts';

let redis: TestRedis;
let commands: Redis;
let log: EventLog;
let relays: [TestRelay, TestRelay];
const desktops: NativeDesktop[] = [];

test.before(async () => {
  redis = await startTestRedis();
  commands = createRedis(redis.redisConfig);
  log = createEventLog(commands, { historySize: 1000, historyTtlSeconds: 3600 });
  relays = [await startTestRelay(redis), await startTestRelay(redis)];
});
test.after.each(() => {
  for (const desktop of desktops.splice(0)) desktop.socket.terminate();
});
test.after(async () => {
  for (const relay of relays) await relay.close();
  commands.disconnect();
  await redis.stop();
});

async function connect(relay = relays[0]): Promise<NativeDesktop> {
  const desktop = new NativeDesktop(relay.url);
  desktops.push(desktop);
  await desktop.ready(relay.token);
  return desktop;
}

const withLocation = (name: string) => name.replace('/conversations', '/locations/us-central1/conversations');

test('a join is answered before its events, the replay comes before what is new, and nothing twice', async () => {
  const conversation = uniqueConversation();
  for (let index = 1; index <= 450; index++) {
    await log.append(makeEvent(conversation, { messageId: String(index) }));
  }
  const desktop = await connect();
  const asked = desktop.join(withLocation(conversation), '0');
  for (let index = 451; index <= 500; index++) {
    await log.append(makeEvent(conversation, { messageId: String(index) }));
  }
  assert.equal({ ...(await asked), id: 0 }, {
    type: 'joined',
    id: 0,
    conversation,
    cursor: '0',
    recovered: true,
  } as never);
  await desktop.received(500);
  assert.is(desktop.frames[1]?.type, 'joined');
  assert.equal(
    desktop.messageIds(),
    Array.from({ length: 500 }, (_, index) => String(index + 1)),
  );
});

test('the four kinds come as frames with the fields of the envelope and the cursor last', async () => {
  const conversation = uniqueConversation();
  const desktop = await connect();
  await desktop.join(conversation);
  for (const kind of EVENT_KINDS) {
    await log.append(
      kind === 'new-recognition-result-notification-event'
        ? makeInterim(conversation, { message: 'm1' })
        : makeEvent(conversation, { kind, data: { text: 'déjà "vu"\u2028\n😀' } }),
    );
  }
  const events = await desktop.received(4);
  assert.equal(
    events.map((event) => event.data_type),
    [...EVENT_KINDS],
  );
  const common = ['conversation_name', 'data', 'data_type', 'ack_time', 'publish_time', 'message_id'];
  for (const event of events) {
    const isInterim = event.data_type === 'new-recognition-result-notification-event';
    const more = isInterim ? ['participant_role', 'new_recognition_result_message_id'] : [];
    assert.equal(Object.keys(event), [...common, ...more, 'cursor']);
  }
  assert.is(JSON.parse(events[0]?.data ?? '').text, 'déjà "vu"\u2028\n😀');
  for (const frame of desktop.of('event')) assert.equal(Object.keys(frame), ['type', 'event']);
});

test('without a cursor only what comes is sent, and the answer says where that starts', async () => {
  const conversation = uniqueConversation();
  const { position } = await log.append(makeEvent(conversation, { messageId: '1' }));
  const desktop = await connect();
  const answer = await desktop.join(conversation);
  assert.ok(answer.type === 'joined');
  assert.is(answer.cursor, `${position.epoch}.1.${position.tag}`);
  assert.is(answer.recovered, true);
  await log.append(makeEvent(conversation, { messageId: '2' }));
  await desktop.received(1);
  assert.equal(desktop.messageIds(), ['2']);
});

test('the cursor of an event, or of an answer, goes on behind it on another relay', async () => {
  const conversation = uniqueConversation();
  const first = await connect();
  const joined = await first.join(conversation);
  for (const messageId of ['1', '2', '3']) await log.append(makeEvent(conversation, { messageId }));
  await first.received(3);

  for (const [after, expected] of [
    [first.events[0]?.cursor, ['2', '3']],
    [joined.type === 'joined' ? joined.cursor : '', ['1', '2', '3']],
    [first.events[2]?.cursor, []],
  ] as const) {
    const second = await connect(relays[1]);
    const answer = await second.join(conversation, after);
    assert.ok(answer.type === 'joined');
    assert.equal([answer.cursor, answer.recovered], [after, true]);
    await second.received(expected.length);
    assert.equal(second.messageIds(), [...expected]);
  }
});

test('after leave nothing comes, and the conversation may be joined again from a cursor', async () => {
  const conversation = uniqueConversation();
  const desktop = await connect();
  await desktop.join(conversation);
  await log.append(makeEvent(conversation, { messageId: '1' }));
  await desktop.received(1);
  assert.is((await desktop.leave(withLocation(conversation))).type, 'left');
  await log.append(makeEvent(conversation, { messageId: '2' }));
  await desktop.received(1);
  assert.is(desktop.events.length, 1);
  await desktop.join(conversation, desktop.events[0]?.cursor);
  await desktop.received(2);
  assert.equal(desktop.messageIds(), ['1', '2']);
});

test('requests that overtake one another are each answered once, and the last one counts', async () => {
  const conversation = uniqueConversation();
  await log.append(makeEvent(conversation, { messageId: '1' }));
  const desktop = await connect();
  const join = (id: string, after?: string) => desktop.send({ type: 'join', id, conversation, after });
  join('overtaken', '0');
  desktop.send({ type: 'leave', id: 'leave', conversation });
  join('replaced', '0');
  join('kept', '0');
  await desktop.received(1);
  const answers = desktop.frames.flatMap((frame) =>
    'id' in frame ? [`${frame.id}: ${frame.type === 'error' ? frame.code : frame.type}`] : [],
  );
  assert.equal(answers.sort(), [
    'kept: joined',
    'leave: left',
    'overtaken: not-joined',
    'replaced: not-joined',
  ]);
  await log.append(makeEvent(conversation, { messageId: '2' }));
  await desktop.received(2);
  assert.equal(desktop.messageIds(), ['1', '2']);
});

test('two connections of one token are two desktops: each gets everything, and one may leave', async () => {
  const conversation = uniqueConversation();
  const [one, two] = [await connect(), await connect(relays[1])];
  await one.join(conversation);
  await two.join(conversation);
  await log.append(makeEvent(conversation, { messageId: '1' }));
  await one.received(1);
  await two.received(1);
  await one.leave(conversation);
  await log.append(makeEvent(conversation, { messageId: '2' }));
  await two.received(2);
  one.socket.terminate();
  await log.append(makeEvent(conversation, { messageId: '3' }));
  await two.received(3);
  assert.equal(one.messageIds(), ['1']);
  assert.equal(two.messageIds(), ['1', '2', '3']);
});

test('200 viewers are sent identical bytes, which hold the same event as a Socket.IO desktop gets', async () => {
  const conversation = uniqueConversation();
  const socketIo = await new TestDesktop(relays[0].url, relays[0].token).connected();
  await socketIo.join(conversation);
  const viewers = await Promise.all(Array.from({ length: 200 }, () => connect()));
  await Promise.all(viewers.map((viewer) => viewer.join(conversation)));
  await log.append(makeEvent(conversation, { data: { text: 'x'.repeat(70_000) } }));
  await log.append(makeInterim(conversation, { message: 'm' }));
  await until(() => viewers.every((viewer) => viewer.events.length === 2), 20_000);
  const [first] = viewers;
  for (const viewer of viewers) {
    for (const index of [-2, -1]) {
      assert.ok(viewer.payloads.at(index)?.equals(first?.payloads.at(index) ?? Buffer.alloc(0)));
    }
  }
  assert.equal(await socketIo.received(2), first?.events as never);
  socketIo.close();
});

test('nothing of what was said is in the log', () => {
  assert.not.match(relays.map((relay) => relay.log()).join(''), /vu|eyJ|xxxx/);
});

test.run();
