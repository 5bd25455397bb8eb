// A Redis of the user's own is tried before anything else starts.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort } from '../../../scripts/local/free-port.ts';
import { openLocalRedis } from '../../../scripts/local/local-redis.ts';
import type { TestRedis } from '../../helpers/redis.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';

const PASSWORD = 'a password of Redis';

const fixture = redisFixture(test, { server: false });
let server: TestRedis;
test.before(async () => {
  server = await fixture.startRedis({ args: ['--requirepass', PASSWORD] });
});

/** Why a Redis at this port is not taken. */
const refusal = (port: number | string, env: NodeJS.ProcessEnv = {}) =>
  openLocalRedis({ REDISHOST: '127.0.0.1', REDISPORT: String(port), ...env }, '/nowhere').then(
    () => 'taken',
    (error: Error) => error.message,
  );

test('a Redis that answers is taken with its password', async () => {
  assert.is(await refusal(server.port, { REDIS_AUTH: PASSWORD }), 'taken');
});

test('one that wants a password, or another one, says so without it', async () => {
  const { port } = server;
  const address = `Redis at 127.0.0.1:${port}`;
  const remedy = 'unset REDISHOST for a private Redis';
  assert.is(await refusal(port), `${address} wants a password: set REDIS_AUTH; ${remedy}`);
  assert.is(await refusal(port, { REDIS_AUTH: 'wrong' }), `${address} does not accept REDIS_AUTH; ${remedy}`);
});

test('an address where nothing listens is named', async () => {
  const port = await freePort();
  assert.match(await refusal(port), `Redis at 127.0.0.1:${port} refuses connections`);
});

test.run();
