import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { eraseConversation, removeTraces } from '../../../relay/admin/erase.ts';
import { ADMIN_LIMITS } from '../../../relay/admin/limits.ts';
import { CLOSE } from '../../../shared/close-codes.ts';
import { createConversationIndex } from '../../../shared/conversation-index/conversation-index.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import {
  conversationKeys,
  desktopsKey,
  INDEX_KEYS,
  integrationKey,
  joinedKey,
  placesKey,
  presenceKey,
  quotaKey,
  ratePrefix,
} from '../../../shared/keys.ts';
import { createRedisClient, type Redis, type RedisNode } from '../../../shared/redis.ts';
import { createEventLog } from '../../../shared/stream/event-log.ts';
import type { TestDesktop } from '../../helpers/desktop.ts';
import { makeEvent, makeInterim } from '../../helpers/events.ts';
import { TEST_PROJECT, uniqueConversation, withLocation } from '../../helpers/redis.ts';
import type { TestRelay } from '../../helpers/relay.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import { adminToken, asAdmin } from './admin-requests.ts';
import '../../helpers/patient-redis.ts';
import { tolerateStalls } from '../../helpers/patient-cluster.ts';

/** Longer than a relay takes to write down where a desktop is, and to let go of a room. */
const SETTLE_MS = 3_500;
const project = { id: TEST_PROJECT };

const fixture = relayFixture(test, { relays: 0 });
test.before.each(async () => void (await fixture.redis.flushall()));

/** Every key of these servers with all that it holds, as text. */
async function everything(nodes: readonly RedisNode[]): Promise<string> {
  const readers: Record<string, (redis: RedisNode, key: string) => Promise<unknown>> = {
    string: (redis, key) => redis.get(key),
    hash: (redis, key) => redis.hgetall(key),
    set: (redis, key) => redis.smembers(key),
    zset: (redis, key) => redis.zrange(key, '0', '-1'),
    stream: (redis, key) => redis.xrange(key, '-', '+'),
  };
  const parts: unknown[] = [];
  for (const redis of nodes) {
    for (const key of await redis.keys('*'))
      parts.push([key, await readers[await redis.type(key)]?.(redis, key)]);
  }
  return JSON.stringify(parts);
}

/** Fills Redis with all that there can be of a conversation. */
async function fill(redis: Redis, conversation: ShortName, message: string): Promise<void> {
  const log = createEventLog(redis, { historySize: 1000, historyTtlSeconds: 3600 });
  for (let index = 0; index < 3; index++) await log.append(makeEvent(conversation, { data: { message } }));
  await log.append(makeInterim(conversation, { message: 'utterance' }, { transcript: message }));
  await log.append(makeInterim(conversation, { message: 'over' }, { transcript: message, isFinal: true }));
  const index = createConversationIndex(redis);
  const publishTime = new Date().toISOString();
  await index.note({ conversation, publishTime });
  await index.note({ conversation, publishTime, finishes: true });
  const located = withLocation(conversation);
  await redis.set(integrationKey(`short ${conversation}`), conversation, 'EX', 3_600);
  await redis.set(integrationKey(`with its location ${conversation}`), located, 'EX', 3_600);
  // What a call with very many interim transcripts has.
  await redis.sadd(conversationKeys(conversation).olderInterimIds, message);
  // Of a desktop whose relay has crashed, and of a relay of another version.
  await redis.hset(placesKey(conversation, 'gone'), 'connection', '0 0');
  await redis.zadd(joinedKey('gone'), 1, conversation);
  await redis.hset(desktopsKey('gone'), conversation, '1');
  await redis.set(`aar0:{${conversation}}:log`, message, 'EX', 3_600);
}

/**
 * A desktop that joins on every connection, as existing ones do. In addition, whenever it is not let in, it registers
 * again and comes back.
 */
function watching(relay: TestRelay, conversation: ShortName): TestDesktop {
  const register = () => relay.tokens.issue('okta:ann', '').token;
  const desktop = fixture.openDesktop({ relay, auth: { token: register() } });
  const { socket } = desktop;
  socket.on('connect', async () => {
    const [isIn] = await desktop.join(conversation);
    if (isIn === true) return;
    await sleep(300);
    if (!socket.connected) return;
    socket.auth = { token: register() };
    socket.disconnect().connect();
  });
  return desktop;
}

/** An agent's request about a conversation, for what the limits keep of it. */
async function suggest(relay: TestRelay, conversation: ShortName): Promise<void> {
  const path = withLocation(conversation);
  const headers = { authorization: relay.token, 'content-type': 'application/json' };
  await fetch(`${relay.url}/v2/${path}/participants/p:analyzeContent`, {
    method: 'POST',
    headers,
    body: '{}',
  });
}

const SERVERS = {
  'one Redis': async () => {
    const { server, redis } = fixture;
    return { server, redis, nodes: [redis] };
  },
  'a Redis Cluster': async () => {
    const server = await tolerateStalls(await fixture.startCluster());
    const redis = createRedisClient({ ...server.redisConfig, redisCluster: true });
    fixture.defer(() => redis.disconnect());
    await redis.connect();
    return { server, redis, nodes: server.nodes.map((node) => node.redis) };
  },
};

/** Every kind of key that there may be of a conversation, as its text in what {@link everything} finds. */
function kindsOf(conversation: ShortName): string[] {
  const { channel, ...stored } = conversationKeys(conversation);
  const whole = Object.values(stored);
  return [
    ...whole,
    ...Object.values(INDEX_KEYS),
    presenceKey(conversation),
    placesKey(conversation, ''),
    desktopsKey(''),
    joinedKey(''),
    integrationKey(`short ${conversation}`),
    integrationKey(`with its location ${conversation}`),
    ratePrefix('calls'),
    quotaKey('analyze-content', 0).replace(/0$/, ''),
  ];
}

/** @param eraseAfterMs with 0 the relays find out when all is erased, as late ones do. */
async function eraseIn(
  start: (typeof SERVERS)[keyof typeof SERVERS],
  eraseAfterMs = ADMIN_LIMITS.eraseAfterMs,
): Promise<void> {
  const { server, redis, nodes } = await start();
  const env = { DIALOGFLOW_ENDPOINT: 'http://127.0.0.1:9' }; // where nobody answers
  const options = { settings: env, adminToken, limits: { admin: { eraseAfterMs } } };
  const relays = [
    await fixture.startRelay(options, server),
    await fixture.startRelay(options, server),
  ] as const;
  const [erased, kept] = [uniqueConversation(), uniqueConversation()];
  await Promise.all([fill(redis, erased, 'words to erase'), fill(redis, kept, 'words to keep')]);
  const desktops = [...relays.map((relay) => watching(relay, erased)), watching(relays[0], kept)];
  const native = await fixture.nativeDesktop({ relay: relays[1] });
  await native.join(erased, '0');
  await Promise.all(desktops.map((desktop) => desktop.received(4)));
  await suggest(relays[0], erased);
  // Before: all of it is there, or this test would show nothing.
  await until(async () => {
    const before = await everything(nodes);
    return kindsOf(erased).every((kind) => before.includes(kind));
  });

  const answer = await asAdmin(relays[0], 'erase', { conversation: erased });
  assert.is(answer.status, 200);
  const { erased: count } = (await answer.json()) as { erased: number };
  // Its own seven and two integration keys; the relays may have been faster with the rest.
  assert.ok(count >= 9, `${count}`);
  assert.match(relays[0].log(), `"audit":"erase","outcome":"done","conversation":"${erased}"`);
  assert.is((await native.closed)[0], CLOSE.withdrawn.code);
  await sleep(SETTLE_MS);
  // On a busy machine a relay may be late with what it removes.
  let left = '';
  await until(async () => {
    left = await everything(nodes);
    return !left.includes(erased);
  });
  assert.not.match(left, erased.split('/').at(-1) ?? '');
  assert.not.match(left, 'words to erase');
  assert.match(left, 'words to keep');
  assert.is(await redis.get(integrationKey(`short ${kept}`)), kept);
}

test('an erased conversation leaves nothing in Redis or a cluster, and nothing returns', async () => {
  await Promise.all([eraseIn(SERVERS['one Redis'], 0), eraseIn(SERVERS['a Redis Cluster'], undefined)]);
});

test('erased data goes without a relay, and what desktops leave without an erasure', async () => {
  const { redis } = fixture;
  const nodes = [redis];
  const [erased, kept] = [uniqueConversation(), uniqueConversation()];
  const leave = async (conversation: ShortName, token: string) => {
    await redis.set(presenceKey(conversation), 'relay', 'EX', 3_600);
    await redis.hset(placesKey(conversation, token), 'connection', '0 0');
    await redis.zadd(joinedKey(token), 1, conversation, 2, kept);
  };
  await fill(redis, erased, 'words to erase');
  await leave(erased, 'one');
  await eraseConversation(redis, erased, project, ADMIN_LIMITS);
  assert.not.match(await everything(nodes), new RegExp(`${erased}|words to erase`));
  await leave(erased, 'one');
  await leave(kept, 'two');
  const claims = { subject: 'test:agent', user: '', tokenId: 'one', issuedAt: 0, expiresAt: 1 };
  await removeTraces(redis, erased, [{ claims, storedKeys: () => [placesKey(erased, 'one')] }]);
  assert.not.match(await everything(nodes), erased);
  const left = [presenceKey(kept), placesKey(kept, 'two'), joinedKey('one'), joinedKey('two')];
  assert.is(await redis.exists(...left), left.length);
});

test('an integration key that now leads to another conversation stays', async () => {
  const { redis } = fixture;
  const [erased, other] = [uniqueConversation(), uniqueConversation()];
  await redis.set(integrationKey('moved on'), other);
  await redis.hset(integrationKey('not of this system'), 'field', erased);
  await redis.set(`aar1:{${erased}x}:meta`, 'of a conversation whose name begins like it');
  assert.is(await eraseConversation(redis, erased, project, ADMIN_LIMITS), 0);
  assert.is(await redis.dbsize(), 3);
});

test.run();
