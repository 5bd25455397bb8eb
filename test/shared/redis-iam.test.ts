// A client against a Redis that accepts nothing but tokens of the last hour.
import { randomUUID } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openSubscriber } from '../../relay/delivery/pubsub/open-subscriber.ts';
import { createLogger } from '../../shared/log.ts';
import { createRedisClient, publish, type RedisConfig } from '../../shared/redis.ts';
import { logConnectionFaults } from '../../shared/redis-fault.ts';
import { type IamRedis, startIamRedis } from '../helpers/iam-redis.ts';
import { quietLogger } from '../helpers/quiet-logger.ts';
import { redisFixture } from '../helpers/redis-fixture.ts';
import { TokenIssuer } from '../helpers/token-issuer.ts';
import { until } from '../helpers/until.ts';

let redis: Awaited<ReturnType<typeof startIamRedis>>;
const fixture = redisFixture(test, { server: false });
test.before(async () => {
  redis = await startIamRedis(fixture);
});

/** A client of a process of its own, as far as tokens are concerned. */
async function open({ redisConfig, issuer }: IamRedis, change: Partial<RedisConfig> = {}) {
  const own = await new TokenIssuer(() => [redis.admin]).listen(fixture);
  own.mode = issuer.mode;
  const config = { ...redisConfig, metadataHost: own.host, ...change };
  let text = '';
  const logger = createLogger('test', 'warn', {
    write: (line) => {
      text += line;
    },
  });
  const client = createRedisClient(config);
  fixture.defer(() => client.disconnect());
  logConnectionFaults(client, config, logger);
  const connected = client.connect();
  connected.catch(() => {});
  return { client, config, issuer: own, connected, lines: () => text };
}

const kill = () => redis.admin.call('CLIENT', 'KILL', 'USER', 'default');

test('a connection outlives its token, and a new one gets a new token', async () => {
  const { client, config, issuer, connected, lines } = await open(redis);
  await connected;
  const heard: string[] = [];
  const restored: string[] = [];
  const subscriber = openSubscriber(config, client, 30_000, {
    logger: quietLogger,
    onMessage: (_channel, message) => heard.push(message),
    onRestored: (channels) => restored.push(...channels),
  });
  fixture.keep(subscriber);
  const channel = randomUUID();
  await subscriber.subscribe(channel);
  assert.is(issuer.given.length, 1);

  issuer.expiresInSeconds = 1;
  await issuer.expireAll();
  assert.is(await client.set(channel, 'x'), 'OK');
  await publish(client, channel, 'after the hour');
  await until(() => heard.includes('after the hour'));

  await kill();
  await until(() =>
    client.set(channel, 'y').then(
      () => true,
      () => false,
    ),
  );
  await until(() => restored.includes(channel));
  await publish(client, channel, 'again');
  await until(() => heard.includes('again'));
  assert.ok(issuer.given.length > 1);
  for (const token of issuer.given) assert.not.match(lines(), token);
});

test('a refused token is told with the role, and the next one is tried', async () => {
  const { client, issuer, lines } = await open({
    ...redis,
    issuer: { mode: 'refused-tokens' } as TokenIssuer,
  });
  await until(() => lines().includes('does not accept the access token'));
  assert.match(lines(), 'give the service account the role roles/redis.dbConnectionUser');
  issuer.mode = 'tokens';
  await until(() =>
    client.set('granted', 'x').then(
      () => true,
      () => false,
    ),
  );
  for (const token of issuer.given) assert.not.match(lines(), token);
});

test('a metadata server that is down is told, and connections follow its return', async () => {
  const { client, issuer, lines } = await open({ ...redis, issuer: { mode: 'closes' } as TokenIssuer });
  await until(() => lines().includes('no access token for Redis at'));
  assert.match(lines(), 'the metadata server does not answer. REDIS_AUTH_MODE=iam needs Google Cloud');
  issuer.mode = 'tokens';
  await until(() =>
    client.set('back', 'x').then(
      () => true,
      () => false,
    ),
  );
});

test('a Redis without authentication is told to leave REDIS_AUTH_MODE out', async () => {
  const plain = await fixture.startRedis();
  const { lines } = await open(redis, { redisPort: plain.port, redisTlsCa: undefined });
  await until(() => lines().includes('has no IAM authentication: leave REDIS_AUTH_MODE out'));
});

test('a client that disconnects while it waits for a token stays disconnected', async () => {
  const { client, connected, issuer } = await open(redis);
  client.disconnect();
  await connected.catch(() => {});
  await until(() => client.status === 'end');
  assert.ok(issuer.given.length <= 1);
});

test.run();
