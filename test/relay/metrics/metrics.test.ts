// What a relay counts while desktops connect, join, fall behind and are refused.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayMetrics } from '../../../relay/metrics/metrics.ts';
import { createRedis, type Redis } from '../../../shared/redis.ts';
import { createEventLog, type EventLog } from '../../../shared/stream/event-log.ts';
import { TestDesktop } from '../../helpers/desktop.ts';
import { makeEvent } from '../../helpers/events.ts';
import { startTestRedis, type TestRedis, uniqueConversation } from '../../helpers/redis.ts';
import { startTestRelay, type TestRelay } from '../../helpers/relay.ts';
import { until } from '../../helpers/until.ts';
import { openValve } from '../../helpers/valve.ts';
import { NativeDesktop } from '../websocket/native-desktop.ts';

let redis: TestRedis;
let commands: Redis;
let log: EventLog;
let relay: TestRelay;
let metrics: RelayMetrics;

test.before(async () => {
  redis = await startTestRedis();
  commands = createRedis(redis.redisConfig);
  log = createEventLog(commands, { historySize: 1000, historyTtlSeconds: 3600 });
});
test.before.each(async () => {
  metrics = new RelayMetrics();
  relay = await startTestRelay(redis, {}, { metrics });
});
test.after.each(() => relay.close());
test.after(async () => {
  commands.disconnect();
  await redis.stop();
});

/** The value of a series, such as `connections{protocol="native"}`; 0 when there is none. */
async function value(series: string): Promise<number> {
  const lines = (await metrics.registry.metrics()).split('\n');
  const line = lines.find((text) => text.startsWith(`agent_assist_${series} `));
  return Number(line?.split(' ').at(-1) ?? 0);
}

test('connections and conversations are those of the moment', async () => {
  const native = new NativeDesktop(relay.url);
  await native.ready(relay.token);
  const desktop = await new TestDesktop(relay.url, relay.token).connected();
  await desktop.join(uniqueConversation());
  assert.is(await value('connections{protocol="native"}'), 1);
  assert.is(await value('connections{protocol="socketio"}'), 1);
  assert.is(await value('conversations'), 1);
  native.socket.close();
  desktop.close();
  await until(async () => (await value('connections{protocol="native"}')) === 0);
  await until(async () => (await value('connections{protocol="socketio"}')) === 0);
});

test('joins are counted by their start, and by whether they have everything', async () => {
  const conversation = uniqueConversation();
  await log.append(makeEvent(conversation));
  const native = new NativeDesktop(relay.url);
  await native.ready(relay.token);
  native.send({ type: 'join', id: 1, conversation, after: '0' });
  await until(() => native.of('event').length === 1);
  const cursor = native.of('event')[0]?.event.cursor ?? '';
  for (const [id, after] of [cursor, null, `x${cursor}`].entries()) {
    native.send({ type: 'join', id: `again-${id}`, conversation, after });
    await until(() => native.of('joined').length === id + 2);
  }
  assert.is(await value('joins_total{start="beginning",recovered="true"}'), 1);
  assert.is(await value('joins_total{start="place",recovered="true"}'), 1);
  assert.is(await value('joins_total{start="live",recovered="true"}'), 1);
  assert.is(await value('joins_total{start="place",recovered="false"}'), 1);
  assert.ok((await value('log_read_seconds_count')) > 0);
  native.socket.close();
});

test('events are counted once for each desktop that they are handed to', async () => {
  const conversation = uniqueConversation();
  const desktops = await Promise.all([1, 2].map(() => new TestDesktop(relay.url, relay.token).connected()));
  for (const desktop of desktops) await desktop.join(conversation);
  for (let event = 0; event < 3; event++) await log.append(makeEvent(conversation));
  for (const desktop of desktops) await desktop.received(3);
  assert.is(await value('events_delivered_total{kind="new-message-event"}'), 6);
  for (const desktop of desktops) desktop.close();
});

test('what is refused is counted by the same codes on both protocols', async () => {
  const conversation = uniqueConversation();
  const native = new NativeDesktop(relay.url);
  await native.ready(relay.token);
  native.send({ type: 'join', id: 1, conversation, after: 'no cursor' });
  native.send({ type: 'join', id: 2, conversation: 'nothing' });
  await until(() => native.of('error').length === 2);
  const desktop = await new TestDesktop(relay.url, relay.token).connected();
  await desktop.join({ conversation, after: 'no cursor' });
  await desktop.join('nothing');
  await desktop.ask('join-conversation');
  assert.is(await value('refusals_total{code="bad-cursor"}'), 2);
  assert.is(await value('refusals_total{code="bad-conversation"}'), 2);
  assert.is(await value('refusals_total{code="bad-frame"}'), 1);
  native.socket.close();
  desktop.close();
});

for (const kind of ['native', 'socketio'] as const) {
  test(`a desktop that is closed for being slow is counted once (${kind})`, async () => {
    const conversation = uniqueConversation();
    const valve = await openValve(relay.port);
    const native = new NativeDesktop(kind === 'native' ? valve.url : relay.url);
    await native.ready(relay.token);
    const desktop = await new TestDesktop(kind === 'native' ? relay.url : valve.url, relay.token).connected();
    if (kind === 'native') native.send({ type: 'join', id: 1, conversation });
    else await desktop.join({ conversation });
    await until(async () => (await value('conversations')) === 1);
    valve.shut();
    for (let event = 0; event < 200; event++)
      await log.append(makeEvent(conversation, { data: { text: 'x'.repeat(64 * 1024) } }));
    await until(async () => (await value('closes_total{reason="slow"}')) > 0);
    assert.is(await value('closes_total{reason="slow"}'), 1);
    native.socket.terminate();
    desktop.close();
    await valve.close();
  });
}

test('registrations are counted by their outcome', async () => {
  const register = (url: string) => fetch(`${url}/register`, { method: 'POST' });
  await register(relay.url);
  assert.is(await value('registrations_total{outcome="done"}'), 1);
  await relay.close();
  metrics = new RelayMetrics();
  relay = await startTestRelay(redis, { AUTH_OPTION: '' }, { metrics });
  await register(relay.url);
  assert.is(await value('registrations_total{outcome="refused"}'), 1);
});

test('connections to Redis that were lost are counted', async () => {
  const desktop = await new TestDesktop(relay.url, relay.token).connected();
  await desktop.join(uniqueConversation());
  await commands.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
  await until(async () => (await value('redis_reconnects_total{connection="pubsub"}')) === 1);
  await commands.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  await until(async () => (await value('redis_reconnects_total{connection="commands"}')) > 0);
  desktop.close();
});

test('no value of a label comes from outside', async () => {
  const conversation = uniqueConversation();
  const desktop = await new TestDesktop(relay.url, relay.token).connected();
  await desktop.join(conversation);
  await desktop.join('projects/elsewhere/conversations/secret-name');
  await log.append(makeEvent(conversation));
  await desktop.received(1);
  const text = await metrics.registry.metrics();
  for (const word of [conversation, 'secret-name', 'elsewhere', 'agent@example.com', 'test:agent'])
    assert.not.ok(text.includes(word), word);
  desktop.close();
});

test.run();
