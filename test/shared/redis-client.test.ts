// What REDIS_CLUSTER makes of a client: TLS and AUTH for every node, commands that end, faults that name the variable.
import { randomUUID } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openSubscriber } from '../../relay/delivery/pubsub/open-subscriber.ts';
import { freePort } from '../../scripts/local/free-port.ts';
import { createLogger } from '../../shared/log.ts';
import {
  createRedisClient,
  isCluster,
  isTransientRedisError,
  publish,
  type Redis,
  type RedisConfig,
  startNodes,
} from '../../shared/redis.ts';
import { logConnectionFaults } from '../../shared/redis-fault.ts';
import { quietLogger } from '../helpers/quiet-logger.ts';
import { redisFixture } from '../helpers/redis-fixture.ts';
import { startTlsRedis, type TlsRedis } from '../helpers/tls-redis.ts';
import { until } from '../helpers/until.ts';

const PASSWORD = 'a password of Redis';
const LAST_SLOT = 16_383;

let tls: TlsRedis;
/** A cluster of one node, which asks for TLS and a password. */
let secure: RedisConfig;
const fixture = redisFixture(test, { server: false });

test.before(async () => {
  const busPort = String(await freePort());
  tls = await startTlsRedis(PASSWORD, '127.0.0.1', [
    ...['--cluster-enabled', 'yes', '--cluster-port', busPort, '--cluster-announce-ip', '127.0.0.1'],
    // Then it tells its TLS port to clients.
    ...['--tls-cluster', 'yes'],
  ]);
  fixture.defer(() => tls.stop());
  secure = {
    redisHost: '127.0.0.1',
    redisPort: tls.port,
    redisAuth: PASSWORD,
    redisTlsCa: tls.ca,
    redisCluster: true,
  };
  const node = fixture.client(secure);
  await node.call('CLUSTER', 'ADDSLOTSRANGE', 0, LAST_SLOT);
  await until(async () => String(await node.call('CLUSTER', 'INFO')).includes('cluster_state:ok'));
});

/** A client whose connections' faults are logged, and the lines so far. */
function open(config: RedisConfig): { redis: Redis; lines: () => string } {
  let text = '';
  const logger = createLogger('test', 'warn', {
    write: (line) => {
      text += line;
    },
  });
  const redis = createRedisClient(config);
  fixture.defer(() => redis.disconnect());
  logConnectionFaults(redis, config, logger);
  redis.connect().catch(() => {});
  return { redis, lines: () => text };
}

const answers = (redis: Redis) =>
  redis.set(randomUUID(), 'x').then(
    () => true,
    () => false,
  );

test('commands and subscriptions of a cluster take TLS and the password to every node', async () => {
  const { redis, lines } = open(secure);
  await until(() => answers(redis));
  assert.ok(isCluster(redis));
  const heard: string[] = [];
  const subscriber = openSubscriber(secure, redis, 30_000, {
    logger: quietLogger,
    onMessage: (_channel, message) => heard.push(message),
    onRestored: () => {},
  });
  fixture.keep(subscriber);
  const channel = randomUUID();
  await subscriber.subscribe(channel);
  assert.is(await publish(redis, channel, 'over TLS'), 1);
  await until(() => heard.length === 1);
  assert.is(lines(), '');
});

const FAULTS: [what: string, change: () => Partial<RedisConfig>, names: RegExp][] = [
  ['of a wrong password', () => ({ redisAuth: 'wrong' }), /does not accept REDIS_AUTH/],
  ['without a password', () => ({ redisAuth: undefined }), /set REDIS_AUTH/],
  ['of a wrong authority', () => ({ redisTlsCa: tls.otherCa }), /REDIS_TLS_CA is not the authority/],
];
for (const [what, change, names] of FAULTS) {
  test(`a cluster's client ${what} is refused by its variable`, async () => {
    const { redis, lines } = open({ ...secure, ...change() });
    await until(() => names.test(lines()));
    assert.not.ok(await answers(redis));
    assert.not.match(lines(), PASSWORD);
  });
}

for (const redisCluster of [false, true]) {
  const what = redisCluster ? 'a cluster' : 'one Redis';
  test(`a plain client of ${what} that takes TLS only is told to set REDIS_TLS_CA`, async () => {
    const { redis, lines } = open({ ...secure, redisCluster, redisTlsCa: undefined });
    await until(() => /if Redis takes TLS only, set REDIS_TLS_CA \(trying again\)"/.test(lines()));
    assert.not.ok(await answers(redis));
  });

  test(`a TLS client of ${what} without TLS is told to leave REDIS_TLS_CA out`, async () => {
    const server = await fixture.startRedis();
    const { redis, lines } = open({ ...server.redisConfig, redisCluster, redisTlsCa: tls.ca });
    await until(() => /if Redis does not take TLS, leave REDIS_TLS_CA out \(trying again\)"/.test(lines()));
    assert.not.ok(await answers(redis));
  });
}

test('a connection that has worked gets no hint about TLS when it breaks', async () => {
  const server = await fixture.startRedis();
  const { redis, lines } = open(server.redisConfig);
  await until(() => answers(redis));
  server.process.kill('SIGKILL');
  await until(() => lines().includes('(trying again)'));
  assert.not.match(lines(), 'REDIS_TLS_CA');
});

test('REDIS_CLUSTER with a Redis that is no cluster is named', async () => {
  const server = await fixture.startRedis();
  const { redis, lines } = open({ ...server.redisConfig, redisCluster: true });
  await until(() => /leave REDIS_CLUSTER out/.test(lines()));
  assert.not.ok(await answers(redis));
});

test('REDISHOST names nodes of a cluster with a port of their own or with REDISPORT', () => {
  const named = (redisHost: string) => startNodes({ redisHost, redisPort: 6379 });
  assert.equal(named('redis-0'), [{ host: 'redis-0', port: 6379 }]);
  assert.equal(named('10.0.0.2:7000, redis-1'), [
    { host: '10.0.0.2', port: 7000 },
    { host: 'redis-1', port: 6379 },
  ]);
  assert.equal(named('::1,fd00::2'), [
    { host: '::1', port: 6379 },
    { host: 'fd00::2', port: 6379 },
  ]);
});

test('several hosts of a Redis that is no cluster are refused', () => {
  const config = {
    redisHost: 'redis-0,redis-1',
    redisPort: 6379,
    redisAuth: undefined,
    redisTlsCa: undefined,
  };
  assert.throws(
    () => createRedisClient(config),
    /REDISHOST is not valid: set it to one host, or set REDIS_CLUSTER/,
  );
});

test('without a cluster node a command ends, and the client comes back', async () => {
  const cluster = await fixture.startCluster({ primaries: 1 });
  const { redis } = open(cluster.redisConfig);
  await until(() => answers(redis));
  for (const { server } of cluster.nodes) server.process.kill('SIGSTOP');
  for (let round = 0; round < 3; round++) {
    const startedAt = Date.now();
    const error = await redis.set('key', 'content').catch((reason: unknown) => reason);
    assert.instance(error, Error);
    assert.ok(isTransientRedisError(error));
    assert.ok(Date.now() - startedAt < 10_000);
  }
  assert.is((Reflect.get(redis, 'offlineQueue') as { length: number }).length, 0);
  for (const { server } of cluster.nodes) server.process.kill('SIGCONT');
  await until(() => answers(redis));
});

test.run();
