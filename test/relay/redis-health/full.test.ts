// A Redis that is full (`noeviction`, `maxmemory` reached): what each door answers, and what is lost without an answer.
import { randomUUID } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createHandler } from '../../../functions/handler.ts';
import { RelayMetrics } from '../../../relay/metrics/metrics.ts';
import { createLogger } from '../../../shared/log.ts';
import { isTransientRedisError } from '../../../shared/redis.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { RelayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import { SAMPLE_PROJECT, sampleDelivery } from '../../shared/sample-events.ts';
import { adminToken, asAdmin } from '../admin/admin-requests.ts';
import { openWatchers, readiness } from './watchers.ts';
import '../../helpers/patient-connect.ts';

const RECOVERY_MS = 60_000;

const metrics = new RelayMetrics();
const fixture = new RelayFixture(
  test,
  { adminToken, metrics },
  { server: { args: ['--maxmemory-policy', 'noeviction'] } },
);

async function fill(): Promise<void> {
  await fixture.redis.config('SET', 'maxmemory', '1');
  fixture.defer(() => fixture.redis.config('SET', 'maxmemory', '0'));
  await until(
    async () => (await readiness(fixture.relay.url)).redis === 'takes no writes: full',
    RECOVERY_MS,
    '/ready says that Redis is full',
  );
}

test('desktops of all kinds join, and the log, a metric and /ready name what is lost', async () => {
  const conversation = uniqueConversation();
  await fixture.publish(conversation, { messageId: '1' });
  await fill();
  const watchers = await openWatchers(fixture, fixture.relay, conversation);
  await watchers.received(1, RECOVERY_MS);
  // One kind of client has a place in Redis.
  await fixture.page(conversation, { headers: { 'user-agent': 'node' } });
  const lost = async () => (await readiness(fixture.relay.url)).lost.toSorted();
  await until(async () => (await lost()).length === 4, RECOVERY_MS, '/ready names what is lost');
  assert.equal(await lost(), ['desktops', 'joins', 'places', 'presence']);
  const lines = fixture.relay.log().split('\n');
  const named = lines.filter((line) => line.includes('Redis did not take writes that nobody waits for'));
  assert.is(named.length, 1);
  assert.not.match(named[0] ?? '', fixture.relay.token);
  const text = await metrics.registry.metrics();
  for (const what of await lost())
    assert.match(text, new RegExp(`agent_assist_redis_lost_writes_total\\{what="${what}"\\} [1-9]`));

  await fixture.redis.config('SET', 'maxmemory', '0');
  await until(
    async () => (await readiness(fixture.relay.url)).redis === undefined,
    RECOVERY_MS,
    'it is ready',
  );
  await fixture.publish(conversation, { messageId: '2' });
  await watchers.received(2, RECOVERY_MS);
});

test('a registration is answered with a token', async () => {
  await fill();
  const response = await fetch(`${fixture.relay.url}/register`, {
    method: 'POST',
    headers: { authorization: 'any credential' },
  });
  assert.is(response.status, 200);
  const { token } = (await response.json()) as { token: string };
  await fixture.desktop({ token });
});

test('with Redis full /conversation-name gives names and refuses new ones (503)', async () => {
  const authorization = fixture.relay.token;
  const conversationName = uniqueConversation();
  const store = (conversationIntegrationKey: string) =>
    fetch(`${fixture.relay.url}/conversation-name`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ conversationIntegrationKey, conversationName }),
    });
  const key = randomUUID();
  assert.is((await store(key)).status, 200);
  await fill();
  const refused = await store(randomUUID());
  assert.is(refused.status, 503);
  assert.match(await refused.text(), 'try again');
  const found = await fetch(`${fixture.relay.url}/conversation-name?conversationIntegrationKey=${key}`, {
    headers: { authorization },
  });
  assert.equal(await found.json(), { conversationName });
});

test('revoking and erasing are refused with 503, and nothing is erased', async () => {
  const conversation = uniqueConversation();
  await fixture.publish(conversation, { messageId: '1' });
  await fill();
  for (const [action, body] of [
    ['revoke', { sub: 'test:nobody' }],
    ['erase', { conversation }],
  ] as const) {
    const response = await asAdmin(fixture.relay, action, body);
    assert.is(response.status, 503);
    assert.match(await response.text(), 'Redis is away or full');
  }
  assert.is((await fixture.log.read(conversation, 0, 10)).events.length, 1);
});

test('a function does not acknowledge an event, and takes it once when there is room', async () => {
  const logger = createLogger('function', 'warn', { write: () => {} });
  const handle = createHandler({
    kind: 'new-message-event',
    project: SAMPLE_PROJECT,
    maxBytes: 1_000_000,
    eventLog: fixture.log,
    list: async () => 'listed',
    isTransient: isTransientRedisError,
    logger,
  });
  const delivery = { message: sampleDelivery('events/message-end-user.json').message };
  await fill();
  const error = await handle(delivery).catch((reason: unknown) => reason);
  assert.match(String(error), /OOM/);
  await fixture.redis.config('SET', 'maxmemory', '0');
  for (let copy = 0; copy < 2; copy++) await handle(delivery);
  const logs = await fixture.redis.keys(`aar1:{projects/${SAMPLE_PROJECT.id}/*:log`);
  assert.equal(await Promise.all(logs.map((log) => fixture.redis.xlen(log))), [1]);
});

test.run();
