// What becomes of the events when Redis dies, forgets, fails over or hangs, while four kinds of desktops watch.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRedis } from '../../../shared/redis.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { type FrontDoor, openFrontDoor } from '../../helpers/front-door.ts';
import { PATIENT, startTestRedis, type TestRedis } from '../../helpers/redis.ts';
import { until } from '../../helpers/until.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { type FaultRow, formatTable } from './ledger.ts';
import { assertSurvived, assertTold, type FaultRows, type Scene, survive as surviveIn } from './survive.ts';

/** What a Redis that keeps its data is started with: every write is on disk before it is answered. */
const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always'];
const rows: FaultRow[] = [];

/** The endpoint that the fleet knows; what stands behind it changes. */
let endpoint: FrontDoor;
let primary: TestRedis;
let fleet: Fleet;

const fixture = new Fixture(test);
const directory = fixture.directory();

test.before(async () => {
  primary = await startTestRedis({ directory, args: DURABLE });
  fixture.defer(() => primary.stop());
  endpoint = fixture.keep(await openFrontDoor([primary.port]));
  fleet = await startFleet(fixture, endpoint.port);
});
test.after(() => console.log(`\n${formatTable(rows)}\n`));

/** Notes the rows for the table, and returns them. */
async function survive(fault: string, act: (scene: Scene) => Promise<void>): Promise<FaultRows> {
  const made = await surviveIn(fleet, fault, act);
  rows.push(...made.values());
  return made;
}

async function kill(server: TestRedis): Promise<void> {
  const gone = new Promise((resolve) => server.process.once('exit', resolve));
  server.process.kill('SIGKILL');
  await gone;
}

/** A replica of `port` that has caught up. */
async function startReplica(port: number): Promise<TestRedis> {
  const replica = await startTestRedis({
    args: ['--replicaof', '127.0.0.1', String(port), '--repl-diskless-sync-delay', '0'],
  });
  await untilInStep(replica);
  return replica;
}

async function untilInStep(replica: TestRedis): Promise<void> {
  await withRedis(replica, (redis) =>
    until(async () => {
      const info = await redis.info('replication');
      return info.includes('master_link_status:up') && info.includes('master_sync_in_progress:0');
    }, 60_000),
  );
}

/** WAIT speaks of what its own connection wrote: a connection that wrote nothing is answered at once. */
async function untilReplicated(server: TestRedis): Promise<void> {
  await withRedis(server, async (redis) => {
    await redis.set('barrier', '', 'EX', 60);
    assert.is(await redis.wait(1, 20_000), 1, 'the replica is in step');
  });
}

async function withRedis<T>(
  server: TestRedis,
  act: (redis: ReturnType<typeof createRedis>) => Promise<T>,
): Promise<T> {
  const redis = createRedis(server.redisConfig, PATIENT);
  try {
    return await act(redis);
  } finally {
    redis.disconnect();
  }
}

/** What a managed fail-over does: the replica becomes the primary and the endpoint leads to it. */
async function promote(replica: TestRedis): Promise<void> {
  await withRedis(replica, (redis) => redis.call('REPLICAOF', 'NO', 'ONE'));
  endpoint.setTargets([replica.port]);
  endpoint.cutAll();
  primary = replica;
}

test('Redis is killed and comes back with its data', async () => {
  const made = await survive('kill -9, restart with AOF', async ({ publish }) => {
    const publishing = publish(20);
    await sleep(50);
    await kill(primary);
    await sleep(500);
    primary = await startTestRedis({ port: primary.port, directory, args: DURABLE });
    await publishing;
  });
  assertSurvived(made);
});

test('Redis hangs for ten seconds', async () => {
  const made = await survive('SIGSTOP for 10 s', async ({ publish }) => {
    primary.process.kill('SIGSTOP');
    const publishing = publish(5);
    await sleep(10_000);
    primary.process.kill('SIGCONT');
    await publishing;
  });
  assertSurvived(made);
});

test('Redis fails over to a replica that is in step', async () => {
  const replica = await startReplica(primary.port);
  const made = await survive('replica in step promoted', async ({ publish }) => {
    await publish(10);
    await untilReplicated(primary);
    await kill(primary);
    await promote(replica);
  });
  assertSurvived(made);
});

test('Redis fails over to a lagging replica: desktops are told and get what follows', async () => {
  const link = fixture.keep(await openFrontDoor([primary.port]));
  const replica = await startReplica(link.port);
  const made = await survive('lagging replica promoted', async ({ publish, delivered, forgive }) => {
    await untilReplicated(primary);
    link.setTargets([]);
    link.cutAll();
    const ids = await publish(5);
    // For a desktop that had not got them before they died, nothing would be missing.
    await delivered(ids);
    forgive(ids);
    await kill(primary);
    await promote(replica);
    await publish(6);
  });
  assertTold(made);
});

test('Redis comes back empty: everybody is told, and new events flow', async () => {
  const made = await survive('restart, empty', async () => {
    const { port } = primary;
    await kill(primary);
    primary = await startTestRedis({ port });
  });
  assertTold(made);
});

test.run();
