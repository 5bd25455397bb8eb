// What an outage of Redis does to the process that uses it: it must neither hang nor fill up.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isTransientRedisError, type Redis, type RedisOverrides } from '../../shared/redis.ts';
import { createEventLog } from '../../shared/stream/event-log.ts';
import { type TestRedis, uniqueConversation } from '../helpers/redis.ts';
import { HISTORY, redisFixture } from '../helpers/redis-fixture.ts';
import { startTcpProxy } from '../helpers/tcp-proxy.ts';
import { until } from '../helpers/until.ts';
import { makeEvent } from './stream/make-event.ts';

const fixture = redisFixture(test, { server: false });
let server: TestRedis;

test.before.each(async () => {
  server = await fixture.startRedis();
});

const connect = (port = server.port, overrides: RedisOverrides = {}) =>
  fixture.client({ ...server.redisConfig, redisPort: port }, overrides);
const logOf = (redis: Redis) => createEventLog(redis, HISTORY);

/** How many commands the client keeps, sent or not. */
function kept(redis: Redis): number {
  return ['offlineQueue', 'commandQueue', 'prevCommandQueue'].reduce(
    (sum, queue) => sum + ((Reflect.get(redis, queue) as { length: number } | undefined)?.length ?? 0),
    0,
  );
}

test('a connection that died without a word is replaced', async () => {
  const proxy = fixture.keep(await startTcpProxy(server.port));
  const log = logOf(connect(proxy.port));
  const conversation = uniqueConversation();
  await log.append(makeEvent(conversation));
  proxy.stall();
  const lost = makeEvent(conversation);
  const append = () => log.append(lost).then(({ position }) => position.offset === 2, isNotTransient);
  await until(append);
  assert.is((await log.read(conversation, 0, 10)).events.length, 2);
});

for (const [what, signal] of Object.entries({ 'is gone': 'SIGKILL', hangs: 'SIGSTOP' } as const)) {
  test(`what was given up while Redis ${what} is not kept, and the client recovers`, async () => {
    // A fifth of the real times, so that the outage can be short.
    const redis = connect(server.port, { commandTimeout: 200, socketTimeout: 600, connectTimeout: 400 });
    const log = logOf(redis);
    const conversation = uniqueConversation();
    await log.append(makeEvent(conversation));
    server.process.kill(signal);
    const appendInVain = async (forMs: number, failuresMin = 0) => {
      let [failed, least] = [0, Number.POSITIVE_INFINITY];
      for (const end = Date.now() + forMs; Date.now() < end || failed < failuresMin; ) {
        const appends = Array.from({ length: 10 }, () => log.append(makeEvent(conversation)));
        for (const { status } of await Promise.allSettled(appends)) failed += status === 'rejected' ? 1 : 0;
        // A client that is told at once would otherwise spin.
        await sleep(50);
        least = Math.min(least, kept(redis));
      }
      return { failed, least };
    };
    const { failed } = await appendInVain(4_000, 100);
    const { least } = await appendInVain(2_000);
    assert.ok(least <= 60, `${least} commands were kept, and ${failed} had failed before`);
    if (signal === 'SIGSTOP') server.process.kill('SIGCONT');
    else {
      await server.stop();
      server = await fixture.startRedis({ port: server.port });
    }
    await until(() => log.append(makeEvent(conversation)).then(() => true, isNotTransient));
  });
}

/** False, for `until` to try again; an error that is not transient ends the test. */
function isNotTransient(error: unknown): boolean {
  if (!isTransientRedisError(error)) throw error;
  return false;
}

test.run();
