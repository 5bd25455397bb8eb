// The node of a Redis Cluster that REDISHOST names dies for good, and later the others restart.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { conversationKeys } from '../../../shared/keys.ts';
import { createRedisClient } from '../../../shared/redis.ts';
import { createEventLog } from '../../../shared/stream/event-log.ts';
import { makeEvent } from '../../helpers/events.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import type { TestCluster } from '../../helpers/redis-cluster.ts';
import type { ClusterNode } from '../../helpers/redis-cluster-nodes.ts';
import { HISTORY } from '../../helpers/redis-fixture.ts';
import { RelayFixture } from '../../helpers/relay-fixture.ts';
import { undisturbed } from '../../helpers/undisturbed.ts';
import { until } from '../../helpers/until.ts';
import { forbidFailOver, openWatchers, readiness } from './watchers.ts';
import '../../helpers/patient-connect.ts';

/** How long all may take to be as before once the cluster is whole, in milliseconds. */
const RECOVERY_MS = 60_000;
const FAIL_OVER_MS = 60_000;

const fixture = new RelayFixture(test, { relays: 0 }, { server: false });

/** A conversation on that node. */
async function conversationOn(cluster: TestCluster, node: ClusterNode): Promise<ShortName> {
  for (;;) {
    const conversation = uniqueConversation();
    if ((await cluster.ownerOf(conversationKeys(conversation).meta)) === node) return conversation;
  }
}

test('a relay and a function find a cluster whose other nodes have restarted', () =>
  undisturbed(async () => {
    const cluster = await fixture.startCluster({ replicas: 1, keepsData: true });
    const redis = createRedisClient(cluster.redisConfig);
    redis.on('error', () => {});
    fixture.defer(() => redis.disconnect());
    await redis.connect();
    const log = createEventLog(redis, HISTORY);
    const relay = await fixture.startRelay({}, cluster);
    const named = cluster.nodes.find(({ server }) => server.port === cluster.redisConfig.redisPort);
    assert.ok(named);
    const conversation = await conversationOn(cluster, named);
    const append = (messageId: string, limitMs: number) =>
      until(
        () =>
          log.append(makeEvent(conversation, { messageId })).then(
            () => true,
            () => false,
          ),
        limitMs,
        'the event is appended',
      );
    const watchers = await openWatchers(fixture, relay, conversation);
    await append('1', RECOVERY_MS);
    await watchers.received(1, RECOVERY_MS);

    await forbidFailOver(cluster, 'yes');
    await cluster.fail(named, 'SIGKILL');
    await until(
      async () => (await readiness(relay.url)).status === 503,
      FAIL_OVER_MS,
      'the relay is not ready',
    );
    await forbidFailOver(cluster, 'no');
    await append('2', FAIL_OVER_MS);
    await watchers.received(2, RECOVERY_MS);
    await cluster.untilWhole();

    await cluster.restart();
    const wholeAt = Date.now();
    await append('3', RECOVERY_MS);
    await watchers.received(3, RECOVERY_MS);
    console.log(`\n# events came again ${Date.now() - wholeAt} ms after the cluster`);
    await until(async () => (await readiness(relay.url)).status === 200, RECOVERY_MS, 'the relay is ready');
    const late = await openWatchers(fixture, relay, conversation);
    await late.received(3, RECOVERY_MS);
    for (const ids of watchers.messageIds()) assert.equal(ids, ['1', '2', '3']);
  }));

test('REDISHOST may name several nodes of a cluster, of which one answers', async () => {
  const cluster = await fixture.startCluster();
  const { port } = cluster.nodes[1]?.server ?? {};
  const hosts = `127.0.0.1:1, 127.0.0.1:${port}`;
  const relay = await fixture.startRelay({}, { env: { ...cluster.env, REDISHOST: hosts } });
  const watchers = await openWatchers(fixture, relay, uniqueConversation());
  assert.equal(watchers.messageIds(), [[], [], []]);
});

test.run();
