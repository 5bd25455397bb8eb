// What becomes of the events when Redis is killed while events are appended, or takes a conversation's keys away.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import { type ConversationKeys, conversationKeys } from '../../../shared/keys.ts';
import { createRedis, type RedisNode } from '../../../shared/redis.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { PATIENT, startTestRedis, type TestRedis } from '../../helpers/redis.ts';
import { until } from '../../helpers/until.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { type FaultRow, formatTable } from './ledger.ts';
import { assertSurvived, assertTold, type FaultRows, type Scene, survive as surviveIn } from './survive.ts';

const LIMIT_MS = 60_000;
const KILLS = process.env.TEST_LONG ? 5 : 1;
/** Before each answer: with `everysec` Redis holds writes back for up to two seconds while the disk is slow. */
const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always'];
const rows: FaultRow[] = [];

let server: TestRedis;
let fleet: Fleet;

const fixture = new Fixture(test);
const directory = fixture.directory();

test.before(async () => {
  server = await startTestRedis({ directory, args: DURABLE });
  fixture.defer(() => server.stop());
  fleet = await startFleet(fixture, server.port);
});
test.after(() => console.log(`\n${formatTable(rows)}\n`));

/** Notes the rows for the table, and returns them. */
async function survive(fault: string, act: (scene: Scene) => Promise<void>): Promise<FaultRows> {
  const made = await surviveIn(fleet, fault, act);
  rows.push(...made.values());
  return made;
}

/** Kills Redis while events are appended one after another; resolves with those that had begun by then. */
async function killWhileAppending(
  { publish }: Scene,
  restart: () => Promise<TestRedis>,
): Promise<{ begun: string[] }> {
  const begun: string[] = [];
  let isKilled = false;
  const appending = (async () => {
    // Either Redis may have taken the last one: the killed one just before its end, or the next one.
    while (!isKilled) begun.push(...(await publish(1)));
  })();
  await until(() => begun.length >= 5, LIMIT_MS, 'events are appended');
  await sleep(200 * Math.random());
  const gone = new Promise((resolve) => server.process.once('exit', resolve));
  server.process.kill('SIGKILL');
  isKilled = true;
  await gone;
  server = await restart();
  await appending;
  return { begun };
}

test('Redis with AOF is killed during appends: no accepted event is lost', async () => {
  const { port } = server;
  const made = await survive('kill -9 during appends, AOF', async (scene) => {
    for (let kill = 0; kill < KILLS; kill++)
      await killWhileAppending(scene, () => startTestRedis({ port, directory, args: DURABLE }));
  });
  assertSurvived(made);
});

/** Writes other keys until Redis has taken these away. */
async function evict(redis: RedisNode, keys: readonly string[]): Promise<void> {
  const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
  // Those that were used longest ago go first; Redis looks at a few only unless it is told to look at more.
  await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
  await redis.config('SET', 'maxmemory-samples', '64');
  await redis.config('SET', 'maxmemory', String(used + 1024 * 1024));
  const filler = 'x'.repeat(20_000);
  let count = 0;
  await until(async () => {
    for (let batch = 0; batch < 50; batch++) await redis.set(`filler:${++count}`, filler);
    return (await redis.exists(...keys)) === 0;
  }, LIMIT_MS);
  await redis.config('SET', 'maxmemory', '0');
  await redis.unlink(...Array.from({ length: count }, (_, index) => `filler:${index + 1}`));
}

// Eviction takes keys one by one: the log without its position, or both.
for (const [what, act] of [
  ['log and position evicted by allkeys-lru', (redis, { log, meta }) => evict(redis, [log, meta])],
  ['log evicted, not its position', (redis, { log }) => redis.unlink(log)],
] as readonly [string, (redis: RedisNode, keys: ConversationKeys) => Promise<unknown>][]) {
  test(`${what}, while desktops are away: they are told`, async () => {
    const redis = createRedis(server.redisConfig, PATIENT);
    try {
      const made = await survive(what, async ({ conversation, publish, forgive }) => {
        fleet.door.setTargets([]);
        fleet.door.cutAll();
        forgive(await publish(5));
        await act(redis, conversationKeys(conversation));
        fleet.door.setTargets(fleet.relays.map(({ port }) => port));
        await publish(6);
      });
      assertTold(made);
    } finally {
      redis.disconnect();
    }
  });
}

test('Redis without AOF is killed during appends: desktops are told, events flow', async () => {
  const { port } = server;
  const made = await survive('kill -9 during appends, no AOF', async (scene) => {
    const { begun } = await killWhileAppending(scene, () => startTestRedis({ port }));
    scene.forgive(begun);
    await scene.publish(5);
  });
  assertTold(made);
});

test.run();
