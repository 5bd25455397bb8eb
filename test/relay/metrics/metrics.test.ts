// What a relay counts while desktops connect, join, fall behind and are refused.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayMetrics } from '../../../relay/metrics/metrics.ts';
import { metricValue } from '../../helpers/metric-values.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import type { TestRelay } from '../../helpers/relay.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import { openValve } from '../../helpers/valve.ts';
import '../../helpers/patient-redis.ts';

const fixture = relayFixture(test, { relays: 0 });
let relay: TestRelay;
let metrics: RelayMetrics;

test.before.each(async () => {
  metrics = new RelayMetrics();
  relay = await fixture.startRelay({ metrics });
});

/** The value of a series; 0 where there is none. */
const value = async (series: string) => (await metricValue(metrics, series)) ?? 0;

test('connections and conversations are those of the moment', async () => {
  const native = await fixture.nativeDesktop({ relay });
  const desktop = await fixture.desktop({ relay });
  await desktop.join(uniqueConversation());
  assert.is(await value('connections{protocol="native"}'), 1);
  assert.is(await value('connections{protocol="socketio"}'), 1);
  assert.is(await value('conversations'), 1);
  native.close();
  desktop.close();
  await until(async () => (await value('connections{protocol="native"}')) === 0);
  await until(async () => (await value('connections{protocol="socketio"}')) === 0);
});

test('joins are counted by their start, and by whether they have everything', async () => {
  const conversation = uniqueConversation();
  await fixture.publish(conversation);
  const native = await fixture.nativeDesktop({ relay });
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
});

test('events are counted once for each desktop that they are handed to', async () => {
  const conversation = uniqueConversation();
  const desktops = await Promise.all([1, 2].map(() => fixture.desktop({ relay })));
  for (const desktop of desktops) await desktop.join(conversation);
  await fixture.publishAll(conversation, 3);
  for (const desktop of desktops) await desktop.received(3);
  assert.is(await value('events_delivered_total{kind="new-message-event"}'), 6);
});

test('what is refused is counted by the same codes on both protocols', async () => {
  const conversation = uniqueConversation();
  const native = await fixture.nativeDesktop({ relay });
  native.send({ type: 'join', id: 1, conversation, after: 'no cursor' });
  native.send({ type: 'join', id: 2, conversation: 'nothing' });
  await until(() => native.of('error').length === 2);
  const desktop = await fixture.desktop({ relay });
  await desktop.join({ conversation, after: 'no cursor' });
  await desktop.join('nothing');
  await desktop.ask('join-conversation');
  assert.is(await value('refusals_total{code="bad-cursor"}'), 2);
  assert.is(await value('refusals_total{code="bad-conversation"}'), 2);
  assert.is(await value('refusals_total{code="bad-frame"}'), 1);
});

for (const kind of ['native', 'socketio'] as const) {
  test(`a desktop that is closed for being slow is counted once (${kind})`, async () => {
    const conversation = uniqueConversation();
    const valve = fixture.keep(await openValve(relay.port));
    const native = await fixture.nativeDesktop({ relay, url: kind === 'native' ? valve.url : undefined });
    const desktop = await fixture.desktop({ relay, url: kind === 'socketio' ? valve.url : undefined });
    if (kind === 'native') native.send({ type: 'join', id: 1, conversation });
    else await desktop.join({ conversation });
    await until(async () => (await value('conversations')) === 1);
    valve.shut();
    await fixture.publishAll(conversation, 200, { data: { text: 'x'.repeat(64 * 1024) } });
    await until(async () => (await value('closes_total{reason="slow"}')) > 0);
    assert.is(await value('closes_total{reason="slow"}'), 1);
  });
}

test('registrations are counted by their outcome', async () => {
  const register = (url: string) => fetch(`${url}/register`, { method: 'POST' });
  await register(relay.url);
  assert.is(await value('registrations_total{outcome="done"}'), 1);
  await relay.close();
  metrics = new RelayMetrics();
  const strict = await fixture.startRelay({ settings: { AUTH_OPTION: '' }, metrics });
  await register(strict.url);
  assert.is(await value('registrations_total{outcome="refused"}'), 1);
});

test('connections to Redis that were lost are counted', async () => {
  const desktop = await fixture.desktop({ relay });
  await desktop.join(uniqueConversation());
  await fixture.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
  await until(async () => (await value('redis_reconnects_total{connection="pubsub"}')) === 1);
  await fixture.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  await until(async () => (await value('redis_reconnects_total{connection="commands"}')) > 0);
});

test('no value of a label comes from outside', async () => {
  const conversation = uniqueConversation();
  const desktop = await fixture.desktop({ relay });
  await desktop.join(conversation);
  await desktop.join('projects/elsewhere/conversations/secret-name');
  await fixture.publish(conversation);
  await desktop.received(1);
  const text = await metrics.registry.metrics();
  for (const word of [conversation, 'secret-name', 'elsewhere', 'agent@example.com', 'test:agent'])
    assert.not.ok(text.includes(word), word);
});

test.run();
