// What a Redis Cluster asks of the keys: a script may touch only keys of one slot, and it moves with them.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { conversationKeys, placesKey } from '../../shared/keys.ts';
import { createRedisClient, isTransientRedisError } from '../../shared/redis.ts';
import { createEventLog } from '../../shared/stream/event-log.ts';
import { tolerateStalls } from '../helpers/patient-cluster.ts';
import { uniqueConversation } from '../helpers/redis.ts';
import type { TestCluster } from '../helpers/redis-cluster.ts';
import { HISTORY, redisFixture } from '../helpers/redis-fixture.ts';
import { until } from '../helpers/until.ts';
import { makeEvent } from './stream/make-event.ts';

const fixture = redisFixture(test, { server: false });
let cluster: TestCluster;
test.before(async () => {
  cluster = await tolerateStalls(await fixture.startCluster());
});

test('all keys and the channel of a conversation are of one slot', async () => {
  const conversation = uniqueConversation();
  const names = [...Object.values(conversationKeys(conversation)), placesKey(conversation, 'page')];
  assert.is(new Set(await Promise.all(names.map(cluster.slotOf))).size, 1);
});

test('a log goes on where it stood when its slot moves to another node', async () => {
  const conversation = uniqueConversation();
  const { channel } = conversationKeys(conversation);
  const before = await cluster.ownerOf(channel);
  const after = cluster.nodes.find((node) => node !== before) ?? before;
  const event = makeEvent(conversation);
  const first = await createEventLog(before.redis, HISTORY).append(event);
  await cluster.moveSlot(await cluster.slotOf(channel), after);
  assert.is((await cluster.ownerOf(channel)).id, after.id);

  const log = createEventLog(after.redis, HISTORY);
  assert.equal(await log.append(event), { outcome: 'duplicate', position: first.position });
  const second = await log.append(makeEvent(conversation));
  assert.equal([second.position.epoch, second.position.offset], [first.position.epoch, 2]);
  const moved = await createEventLog(before.redis, HISTORY)
    .read(conversation, 0, 10)
    .then(() => '', String);
  assert.match(moved, /MOVED/);
});

test('an append to a moving slot is refused until the slot has arrived', async () => {
  const conversation = uniqueConversation();
  const { channel } = conversationKeys(conversation);
  const redis = createRedisClient(cluster.redisConfig);
  fixture.defer(() => redis.disconnect());
  await redis.connect();
  const log = createEventLog(redis, HISTORY);
  await log.append(makeEvent(conversation));
  const before = await cluster.ownerOf(channel);
  const after = cluster.nodes.find((node) => node !== before) ?? before;
  const event = makeEvent(conversation);
  let refused: unknown;
  await cluster.moveSlot(await cluster.slotOf(channel), after, async () => {
    refused = await log.append(event).catch((error: unknown) => error);
  });
  assert.instance(refused, Error);
  assert.ok(isTransientRedisError(refused));
  assert.is((await log.append(event)).position.offset, 2);
});

test('a node that gives a slot away says so to subscribers of its channels', async () => {
  const conversation = uniqueConversation();
  const { channel } = conversationKeys(conversation);
  const before = await cluster.ownerOf(channel);
  const after = cluster.nodes.find((node) => node !== before) ?? before;
  const subscriber = before.redis.duplicate({ autoResubscribe: false });
  fixture.defer(() => subscriber.disconnect());
  let moves = 0;
  subscriber.on('moved', () => moves++);
  await subscriber.ssubscribe(channel);
  await cluster.moveSlot(await cluster.slotOf(channel), after);
  await until(() => moves === 1);
  assert.match(await subscriber.ssubscribe(channel).then(() => '', String), /MOVED/);
});

test.run();
