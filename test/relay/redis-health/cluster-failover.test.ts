// Every primary of a Redis Cluster hands over to its replica while all connections to it stay open, or hangs meanwhile.
import { randomUUID } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { conversationKeys, presenceKey } from '../../../shared/keys.ts';
import { createRedisClient } from '../../../shared/redis.ts';
import { createEventLog } from '../../../shared/stream/event-log.ts';
import { appendUntilTaken } from '../../helpers/append-until-taken.ts';
import { makeEvent } from '../../helpers/events.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import type { TestCluster } from '../../helpers/redis-cluster.ts';
import type { ClusterNode } from '../../helpers/redis-cluster-nodes.ts';
import { HISTORY } from '../../helpers/redis-fixture.ts';
import { RelayFixture } from '../../helpers/relay-fixture.ts';
import { undisturbed } from '../../helpers/undisturbed.ts';
import { until } from '../../helpers/until.ts';
import { adminToken, asAdmin } from '../admin/admin-requests.ts';
import { forbidFailOver, openWatchers, readiness } from './watchers.ts';
import '../../helpers/patient-connect.ts';

/** How long all may take to be as before, in milliseconds. */
const RECOVERY_MS = 60_000;

const fixture = new RelayFixture(test, { relays: 0 }, { server: false });

/** What a function does: it appends until Redis has taken the event. */
async function appender(cluster: TestCluster) {
  const redis = createRedisClient(cluster.redisConfig);
  redis.on('error', () => {});
  fixture.defer(() => redis.disconnect());
  await redis.connect();
  const log = createEventLog(redis, HISTORY);
  return (conversation: ReturnType<typeof uniqueConversation>, messageId: string) =>
    appendUntilTaken(log, makeEvent(conversation, { messageId }), RECOVERY_MS);
}

for (const option of [undefined, 'TAKEOVER'] as const) {
  test(`all goes on after CLUSTER FAILOVER ${option ?? ''} of each primary`, () =>
    undisturbed(async () => {
      const cluster = await fixture.startCluster({ replicas: 1 });
      const append = await appender(cluster);
      const relay = await fixture.startRelay({ adminToken }, cluster);
      const conversations = cluster.nodes.map(() => uniqueConversation());
      const watched = await Promise.all(
        conversations.map(async (name) => ({ name, watchers: await openWatchers(fixture, relay, name) })),
      );
      for (const { name, watchers } of watched) {
        await append(name, '1');
        await watchers.received(1, RECOVERY_MS);
      }
      const replicas: ClusterNode[] = [];
      for (const primary of cluster.nodes) replicas.push(await cluster.failOver(primary, option));
      const failedOverAt = Date.now();

      await Promise.all(conversations.map((name) => append(name, '2')));
      for (const { watchers } of watched) await watchers.received(2, RECOVERY_MS);
      console.log(`\n# events came again ${Date.now() - failedOverAt} ms after the fail-over`);
      const authorization = relay.token;
      for (const [index, name] of conversations.entries()) {
        // A desktop that is new, by name and with a cursor; a late one of the old primary's slots gets all, too.
        const late = await openWatchers(fixture, relay, name);
        await late.received(2, RECOVERY_MS);
        assert.equal(late.messageIds(), [
          ['1', '2'],
          ['1', '2'],
          ['1', '2'],
        ]);
        const integrationKey = `key-${index}-${randomUUID()}`;
        const store = () =>
          fetch(`${relay.url}/conversation-name`, {
            method: 'POST',
            headers: { authorization, 'content-type': 'application/json' },
            body: JSON.stringify({ conversationIntegrationKey: integrationKey, conversationName: name }),
          });
        await until(async () => (await store()).status === 200, RECOVERY_MS, 'the name is stored');
        const owner = await cluster.ownerOf(conversationKeys(name).meta);
        assert.ok(replicas.includes(owner));
        await until(
          async () => (await owner.redis.exists(presenceKey(name))) === 1,
          RECOVERY_MS,
          'it is watched',
        );
        const erase = () => asAdmin(relay, 'erase', { conversation: name });
        await until(async () => (await erase()).status === 200, RECOVERY_MS, 'it is erased');
        assert.is(await owner.redis.exists(conversationKeys(name).meta), 0);
      }
      await until(async () => (await readiness(relay.url)).status === 200, RECOVERY_MS, 'the relay is ready');
      for (const { watchers } of watched)
        for (const ids of watchers.messageIds()) assert.equal(ids, ['1', '2']);
    }));
}

test('the events of a hung primary come as soon as its replica is promoted', () =>
  undisturbed(async () => {
    const cluster = await fixture.startCluster({ replicas: 1 });
    const append = await appender(cluster);
    const relay = await fixture.startRelay({}, cluster);
    const conversation = uniqueConversation();
    const watchers = await openWatchers(fixture, relay, conversation);
    await append(conversation, '1');
    await watchers.received(1, RECOVERY_MS);
    await forbidFailOver(cluster, 'yes');
    await cluster.fail(await cluster.ownerOf(conversationKeys(conversation).meta), 'SIGSTOP');
    await until(async () => (await readiness(relay.url)).status === 503, RECOVERY_MS, '/ready says so');
    await forbidFailOver(cluster, 'no');
    await cluster.untilWhole();
    const wholeAt = Date.now();
    await append(conversation, '2');
    await watchers.received(2, RECOVERY_MS);
    console.log(`\n# events came again ${Date.now() - wholeAt} ms after the replica had taken over`);
    await until(async () => (await readiness(relay.url)).status === 200, RECOVERY_MS, 'the relay is ready');
    for (const ids of watchers.messageIds()) assert.equal(ids, ['1', '2']);
  }));

test.run();
