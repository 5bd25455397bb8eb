// What a scrape tells of Redis: how full it is, and whether it takes writes.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayMetrics } from '../../../relay/metrics/metrics.ts';
import { RedisMemory, usedRatioIn } from '../../../relay/redis-health/redis-memory.ts';
import { createRedisClient, type RedisNode } from '../../../shared/redis.ts';
import { metricValue } from '../../helpers/metric-values.ts';
import { tolerateStalls } from '../../helpers/patient-cluster.ts';
import { RelayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import '../../helpers/patient-connect.ts';
import { undisturbed } from '../../helpers/undisturbed.ts';

const metrics = new RelayMetrics();
const fixture = new RelayFixture(test, { metrics, limits: { redisHealth: { trialEveryMs: 100 } } });
const value = (series: string) => metricValue(metrics, series);

/** A client, and how often it was asked how full its Redis is. */
function counting(client: RedisNode): { client: RedisNode; asked: { times: number } } {
  const asked = { times: 0 };
  const handler: ProxyHandler<RedisNode> = {
    get(target, name) {
      if (name === 'info') asked.times++;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  };
  return { client: new Proxy(client, handler), asked };
}

async function limitMemory(bytes: number): Promise<void> {
  await fixture.redis.config('SET', 'maxmemory', bytes);
  fixture.defer(() => fixture.redis.config('SET', 'maxmemory', 0));
}

test('the ratio is absent without a limit, and used memory to limit with one', async () => {
  const { client, asked } = counting(fixture.client());
  const now = { at: 0 };
  const memory = new RedisMemory(client, () => now.at);
  assert.is(await memory.usedRatio(), undefined);
  await limitMemory(1_000_000_000);
  now.at = 9_999;
  assert.is(await memory.usedRatio(), undefined, 'the answer is kept for ten seconds');
  assert.is(asked.times, 1);
  now.at = 10_000;
  const ratio = (await memory.usedRatio()) ?? 0;
  assert.ok(ratio > 0.0001 && ratio < 0.5, String(ratio));
  assert.is(asked.times, 2);
});

test('a scrape shows the ratio', async () => {
  await limitMemory(1_000_000_000);
  const own = new RelayMetrics();
  await fixture.startRelay({ metrics: own });
  assert.ok(((await metricValue(own, 'redis_memory_used_ratio')) ?? 0) > 0);
});

test('a Redis that refuses INFO leaves the ratio out, and is not asked again soon', async () => {
  await fixture.redis.call('ACL', 'SETUSER', 'limited', 'on', '>secret', '~*', '&*', '+@all', '-info');
  const limited = { username: 'limited', password: 'secret', enableReadyCheck: false };
  const { client, asked } = counting(fixture.client(fixture.server.redisConfig, limited));
  const now = { at: 0 };
  const memory = new RedisMemory(client, () => now.at);
  for (const at of [0, 599_999, 600_000]) {
    now.at = at;
    assert.is(await memory.usedRatio(), undefined);
  }
  assert.is(asked.times, 2);
});

test('of a cluster the fullest primary counts', () =>
  undisturbed(async () => {
    const cluster = await tolerateStalls(await fixture.startCluster());
    const client = createRedisClient(cluster.redisConfig);
    client.on('error', () => {});
    fixture.defer(() => client.disconnect());
    await client.connect();
    assert.is(await new RedisMemory(client).usedRatio(), undefined);
    const [first, second] = cluster.nodes.map(({ server }) =>
      fixture.client({ ...cluster.redisConfig, redisPort: server.port, redisCluster: false }),
    );
    await first?.config('SET', 'maxmemory', 1_000_000_000);
    await second?.config('SET', 'maxmemory', 2_000_000);
    const ratio = (await new RedisMemory(client).usedRatio()) ?? 0;
    assert.ok(ratio > 0.3, String(ratio));
  }));

test('the figures of INFO are read with any line end, and a limit of 0 is none', () => {
  assert.is(usedRatioIn('# Memory\r\nused_memory:50\r\nmaxmemory:200\r\nmaxmemory_human:200B\r\n'), 0.25);
  assert.is(usedRatioIn('used_memory:50\nmaxmemory:200'), 0.25);
  assert.is(usedRatioIn('used_memory:50\r\nmaxmemory:0\r\n'), undefined);
  assert.is(usedRatioIn(''), undefined);
});

test('read-only is 1 while Redis is a replica, and absent while it does not answer', async () => {
  await until(async () => (await value('redis_read_only')) === 0);
  await fixture.redis.call('REPLICAOF', '127.0.0.1', '1');
  await until(async () => (await value('redis_read_only')) === 1);
  await fixture.redis.call('REPLICAOF', 'NO', 'ONE');
  await until(async () => (await value('redis_read_only')) === 0);
  await fixture.server.stop();
  await until(async () => (await value('redis_read_only')) === undefined);
  assert.is(await value('redis_memory_used_ratio'), undefined);
});

test.run();
