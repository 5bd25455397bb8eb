// The texts are those of the ioredis that is installed, and no other error is touched.
import { Cluster, Redis } from 'ioredis';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort } from '../../scripts/local/free-port.ts';
import { redisErrorText } from '../../shared/redis-error-text.ts';
import { redisFixture } from '../helpers/redis-fixture.ts';
import { assertPlainWords } from '../helpers/redis-wording.ts';

const fixture = redisFixture(test);

/** The text of the error with which a command fails, or of an error of its connection. */
async function failure(redis: Redis | Cluster): Promise<string> {
  fixture.defer(() => redis.disconnect());
  redis.on('error', () => {});
  return redis.get('key').then(
    () => 'no error',
    (error: Error) => error.message,
  );
}

const nowhere = async () => ({ host: '127.0.0.1', port: await freePort(), retryStrategy: () => 20 });

const FAILURES: [what: string, fail: () => Promise<string>, text: string][] = [
  [
    'a client that was closed',
    async () => {
      const redis = new Redis({ ...(await nowhere()), lazyConnect: true });
      redis.disconnect();
      return failure(redis);
    },
    'there is no connection to Redis',
  ],
  [
    'a client that keeps nothing',
    async () => failure(new Redis({ ...(await nowhere()), enableOfflineQueue: false })),
    'there is no connection to Redis',
  ],
  [
    'a client that gives up',
    async () => failure(new Redis({ ...(await nowhere()), maxRetriesPerRequest: 1 })),
    'no new connection to Redis could be made at once',
  ],
  [
    'a command that takes too long',
    async () => {
      const redis = new Redis({
        ...fixture.server.redisConfig,
        port: fixture.server.port,
        commandTimeout: 50,
      });
      await fixture.redis.call('CLIENT', 'PAUSE', '300', 'ALL');
      return failure(redis);
    },
    'Redis has not answered in time',
  ],
  [
    'a cluster without a node',
    async () => failure(new Cluster([await nowhere()], { clusterRetryStrategy: () => null })),
    'no node of the Redis cluster can be reached',
  ],
  [
    'a cluster that keeps nothing',
    async () => failure(new Cluster([await nowhere()], { enableOfflineQueue: false })),
    'there is no connection to Redis',
  ],
];

for (const [what, fail, text] of FAILURES) {
  test(`${what} is told in words about Redis`, async () => {
    assert.is(redisErrorText(await fail()), text);
  });
}

test('the last error behind redirections of a cluster is told, too', () => {
  const text = redisErrorText('Too many Cluster redirections. Last error: Error: Connection is closed.');
  assertPlainWords(text);
  assert.match(text, 'there is no connection to Redis');
});

for (const text of [
  'NOAUTH Authentication required.',
  'connect ECONNREFUSED 127.0.0.1:6379',
  'another error',
]) {
  test(`"${text}" stays as it is`, () => {
    assert.is(redisErrorText(text), text);
  });
}

test.run();
