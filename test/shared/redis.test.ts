// Which errors of Redis a later attempt may not meet again: told from what a real Redis says, to a plain command and
// to the script that appends an event.
import { cp, rm } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort } from '../../scripts/local/free-port.ts';
import { isTransientRedisError, type Redis, reconnectDelay } from '../../shared/redis.ts';
import { createEventLog } from '../../shared/stream/event-log.ts';
import { type TestRedis, uniqueConversation } from '../helpers/redis.ts';
import { HISTORY, redisFixture } from '../helpers/redis-fixture.ts';
import { undisturbed } from '../helpers/undisturbed.ts';
import { until } from '../helpers/until.ts';
import { makeEvent } from './stream/make-event.ts';

const fixture = redisFixture(test, { server: false });

/** A server and a client of its own, which end with the test. */
async function start(args: string[] = []): Promise<{ server: TestRedis; redis: Redis }> {
  const server = await fixture.startRedis({ args });
  return { server, redis: connect(server) };
}

const connect = ({ redisConfig }: Pick<TestRedis, 'redisConfig'>, overrides = {}) =>
  fixture.client(redisConfig, overrides);

const append = (redis: Redis) => createEventLog(redis, HISTORY).append(makeEvent(uniqueConversation()));

async function errorOf(promise: Promise<unknown>): Promise<Error> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.instance(error, Error);
  return error as Error;
}

async function assertFault(promise: Promise<unknown>, code: string, isTransient: boolean): Promise<void> {
  const error = await errorOf(promise);
  assert.match(error.message, new RegExp(`^${code}\\b`));
  assert.is(isTransientRedisError(error), isTransient, error.message);
}

test('a key of another type will be of another type next time', async () => {
  const { redis } = await start();
  await redis.set('text', 'x');
  await assertFault(redis.sadd('text', 'y'), 'WRONGTYPE', false);
});

test('a command that is wrong will be wrong next time', async () => {
  const { redis } = await start();
  await assertFault(redis.call('NO-SUCH-COMMAND'), 'ERR', false);
  await assertFault(redis.call('SET', 'k', 'v', 'NO-SUCH-OPTION'), 'ERR', false);
  await assertFault(redis.eval('return redis.call("NO-SUCH-COMMAND")', 0), 'ERR', false);
});

test('a missing permission will be missing next time', async () => {
  const { redis } = await start([
    '--user',
    'default',
    'on',
    'nopass',
    '~*',
    '&*',
    '+@all',
    '-evalsha',
    '-eval',
  ]);
  await assertFault(append(redis), 'NOPERM', false);
});

test('a password that Redis rejects or nobody gave is not tried again', async () => {
  const { server } = await start(['--requirepass', 'right']);
  const wrong = connect({ redisConfig: { ...server.redisConfig, redisAuth: 'wrong' } });
  await assertFault(append(wrong), 'WRONGPASS', false);
  await assertFault(append(connect(server)), 'NOAUTH', false);
  const right = connect({ redisConfig: { ...server.redisConfig, redisAuth: 'right' } });
  assert.is((await append(right)).outcome, 'appended');
});

test('a primary that became a replica may be one again, or be replaced', () =>
  undisturbed(async () => {
    const { server, redis } = await start();
    await redis.call('REPLICAOF', '127.0.0.1', String(await freePort()));
    await assertFault(redis.set('k', 'v'), 'READONLY', true);
    await assertFault(append(redis), 'READONLY', true);
    await redis.config('SET', 'replica-serve-stale-data', 'no');
    await assertFault(connect(server, { enableReadyCheck: false }).get('k'), 'MASTERDOWN', true);
    await assertFault(append(connect(server, { enableReadyCheck: false })), 'MASTERDOWN', true);
  }));

test('a primary without its replicas may get them back', async () => {
  const { redis } = await start(['--min-replicas-to-write', '1']);
  await assertFault(append(redis), 'NOREPLICAS', true);
});

test('a server that cannot write its snapshot may get room', async () => {
  const { server, redis } = await start(['--save', '3600 1']);
  await redis.set('k', 'v');
  await rm(server.directory, { recursive: true });
  await redis.bgsave();
  await until(async () => /rdb_last_bgsave_status:err/.test(await redis.info('persistence')));
  await assertFault(append(redis), 'MISCONF', true);
});

test('a server out of memory may get some back', async () => {
  const { redis } = await start(['--maxmemory', '1kb', '--maxmemory-policy', 'noeviction']);
  await assertFault(redis.set('k', 'v'), 'OOM', true);
  await assertFault(append(redis), 'OOM', true);
});

test('a server that is busy with a script will have done with it', async () => {
  const { server, redis } = await start(['--busy-reply-threshold', '20']);
  const other = connect(server);
  await other.ping();
  const busy = redis.eval('while true do end', 0).catch(() => {});
  await until(() =>
    other.ping().then(
      () => false,
      () => true,
    ),
  );
  await assertFault(append(other), 'BUSY', true);
  await other.call('SCRIPT', 'KILL');
  await busy;
});

test('a cluster that is down, and one whose slot is elsewhere, may be asked again', async () => {
  const { redis } = await start(['--cluster-enabled', 'yes']);
  await assertFault(append(redis), 'CLUSTERDOWN', true);
  await redis.config('SET', 'cluster-require-full-coverage', 'no');
  await redis.call('CLUSTER', 'ADDSLOTSRANGE', '0', '5');
  await until(async () => /cluster_state:ok/.test(String(await redis.call('CLUSTER', 'INFO'))));
  await assertFault(append(redis), 'CLUSTERDOWN', true);
});

test('a server that still loads its data will have loaded it', async () => {
  const { server, redis } = await start();
  await Promise.all(Array.from({ length: 500 }, (_, i) => redis.set(`k${i}`, 'x'.repeat(2_000))));
  await redis.save();
  const directory = fixture.directory();
  await cp(server.directory, directory, { recursive: true });
  // Every key takes 20 ms to load, until the test ends that, and every kilobyte the server looks at its clients.
  const port = await freePort();
  const loading = fixture.startRedis({
    port,
    directory,
    args: ['--key-load-delay', '20000', '--loading-process-events-interval-bytes', '1024'],
  });
  const early = connect(
    { redisConfig: { ...server.redisConfig, redisPort: port } },
    { enableReadyCheck: false, retryStrategy: () => 20 },
  );
  let error = await errorOf(append(early));
  for (; !error.message.startsWith('LOADING'); error = await errorOf(append(early))) {
    assert.ok(isTransientRedisError(error), `before it listens: ${error.message}`);
  }
  assert.ok(isTransientRedisError(error));
  await early.config('SET', 'key-load-delay', '0');
  await loading;
  assert.is((await append(early)).outcome, 'appended');
});

test('a command that is not answered is given up after a second, and may be sent again', async () => {
  const { server, redis } = await start();
  assert.is((await append(redis)).outcome, 'appended');
  server.process.kill('SIGSTOP');
  const error = await errorOf(append(redis));
  server.process.kill('SIGCONT');
  assert.match(error.message, /timed out/);
  assert.ok(isTransientRedisError(error));
});

test('a server that is not there may come', async () => {
  const { server, redis } = await start();
  await redis.ping();
  server.process.kill('SIGKILL');
  const error = await errorOf(append(redis));
  assert.ok(isTransientRedisError(error), error.message);
  assert.not.equal(error.name, 'ReplyError');
});

test('what is no error at all is not transient', () => {
  for (const thrown of [undefined, null, 'timed out', { message: 'LOADING' }]) {
    assert.not(isTransientRedisError(thrown));
  }
});

test('the pauses between connects grow, spread, and stay below their limit', () => {
  for (let attempt = 1; attempt < 100; attempt++) {
    const delays = Array.from({ length: 200 }, () => reconnectDelay(attempt));
    const limit = Math.min(1_000, 50 * 2 ** attempt);
    assert.ok(Math.min(...delays) >= 0 && Math.max(...delays) <= limit);
    assert.ok(Math.max(...delays) - Math.min(...delays) > limit / 2, 'spread');
  }
});

test.run();
