// A Redis of the user's own is tried before anything else starts; a private one can be lost and comes back.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
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

test('a private Redis that is lost comes back at its address with what it held', async () => {
  const redis = await openLocalRedis({ PATH: process.env.PATH }, join(fixture.directory(), 'redis.log'));
  fixture.defer(redis.stop);
  const connect = () => {
    const client = new Redis(Number(redis.env.REDISPORT));
    fixture.defer(() => client.disconnect());
    return client;
  };
  const client = connect();
  client.on('error', () => {});
  await client.set('key', 'value');
  const [, directory = ''] = (await client.config('GET', 'dir')) as string[];
  assert.ok(redis.lose);
  await redis.lose(50);
  assert.is(await connect().get('key'), 'value');
  await redis.stop();
  assert.is(existsSync(directory), false);
});

test("the user's own Redis cannot be lost", async () => {
  const own = { REDISHOST: '127.0.0.1', REDISPORT: String(server.port), REDIS_AUTH: PASSWORD };
  assert.is((await openLocalRedis(own, '/nowhere')).lose, undefined);
});

test.run();
