// What becomes of the events when Redis dies, forgets, fails over or hangs, while four kinds of desktops watch.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type RedisServer, startRedis } from '../../../scripts/local/redis-server.ts';
import { createRedis } from '../../../shared/redis.ts';
import { type FrontDoor, openFrontDoor } from '../../helpers/front-door.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { until } from '../../helpers/until.ts';
import { DESKTOP_KINDS, type DesktopKind, type FaultDesktop, knowsCursors, openDesktop } from './desktops.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { type FaultRow, formatTable, makeRow } from './ledger.ts';
import { MessagePublisher } from './publishing.ts';

const DESKTOPS_OF_A_KIND = process.env.TEST_LONG ? 3 : 1;
/** What a Redis that keeps its data is started with: every write is on disk before it is answered. */
const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always'];
const RECOVERY_MS = 30_000;
const rows: FaultRow[] = [];

/** The endpoint that the fleet knows; what stands behind it changes. */
let endpoint: FrontDoor;
let primary: RedisServer;
let directory: string;
let fleet: Fleet;

test.before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'agent-assist-aof-'));
  primary = await startRedis({ directory, args: DURABLE });
  endpoint = await openFrontDoor([primary.port]);
  fleet = await startFleet(endpoint.port);
});
test.after(async () => {
  console.log(`\n${formatTable(rows)}\n`);
  await fleet.stop();
  await endpoint.close();
  await primary.stop();
  await rm(directory, { recursive: true, force: true });
});

interface Scene {
  /** Publishes so many messages; resolves with their ids when all are acknowledged. */
  publish(count: number): Promise<string[]>;
  /** Declares messages to have died with the only Redis that held them: desktops may have had them before, or not. */
  forgive(ids: readonly string[]): void;
}

/** Desktops watch a conversation while `act` does its harm; then everything that was acknowledged has to be there. */
async function survive(
  fault: string,
  act: (scene: Scene) => Promise<void>,
): Promise<Map<DesktopKind, FaultRow>> {
  const conversation = uniqueConversation();
  const publisher = new MessagePublisher(fleet.functionUrls);
  const publish = async (count: number) => {
    const ids = [];
    for (let index = 0; index < count; index++)
      ids.push(await publisher.publish(conversation, index % 5 === 0 ? 2 : 1));
    return ids;
  };
  let forgiven: ReadonlySet<string> = new Set();
  const due = () => (publisher.published.get(conversation) ?? []).filter((id) => !forgiven.has(id));
  const desktops = new Map<DesktopKind, FaultDesktop[]>(
    DESKTOP_KINDS.map((kind) => [
      kind,
      Array.from({ length: DESKTOPS_OF_A_KIND }, () =>
        openDesktop(kind, fleet.door.port, fleet.tokens.issue(`test:${kind}`, ''), [conversation]),
      ),
    ]),
  );
  const all = [...desktops.values()].flat();
  const hasAll = ({ ledgers }: FaultDesktop) =>
    ledgers.every(({ ids }) => due().every((id) => ids.includes(id)));
  try {
    await until(() => all.every((desktop) => desktop.isSettled()), RECOVERY_MS);
    await publish(10);
    await until(() => all.every(hasAll), RECOVERY_MS);
    const forgive = (ids: readonly string[]) => {
      forgiven = new Set(ids);
    };
    await act({ publish, forgive });
    await publish(5);
    await until(() => all.every(hasAll), RECOVERY_MS).catch(() => {});
    await sleep(500); // for what should not come
    const made = new Map(
      DESKTOP_KINDS.map((kind) => [
        kind,
        makeRow(
          fault,
          kind,
          new Map([[conversation, due()]]),
          (desktops.get(kind) ?? []).flatMap(({ ledgers }) => ledgers),
        ),
      ]),
    );
    rows.push(...made.values());
    return made;
  } finally {
    for (const desktop of all) desktop.close();
  }
}

/** No event of a log that survived is lost; nor is one repeated to a desktop that knows cursors, or anybody told. */
function assertSurvived(made: Map<DesktopKind, FaultRow>): void {
  for (const [kind, row] of made) {
    assert.is(row.lost, 0, `${row.fault}, ${kind}: lost`);
    assert.match(row.told, /^0\//, `${row.fault}, ${kind}: told`);
    if (knowsCursors(kind)) assert.is(row.repeated, 0, `${row.fault}, ${kind}: repeated`);
  }
}

/** Every desktop that can be told was told, and nothing that was published afterwards is missing. */
function assertTold(made: Map<DesktopKind, FaultRow>): void {
  for (const [kind, row] of made) {
    assert.is(row.lost, 0, `${row.fault}, ${kind}: lost`);
    if (knowsCursors(kind))
      assert.is(row.told, `${DESKTOPS_OF_A_KIND}/${DESKTOPS_OF_A_KIND}`, `${row.fault}, ${kind}: told`);
  }
}

async function kill(server: RedisServer): Promise<void> {
  const gone = new Promise((resolve) => server.process.once('exit', resolve));
  server.process.kill('SIGKILL');
  await gone;
}

/** A replica of `port` that has caught up. */
async function startReplica(port: number): Promise<RedisServer> {
  const replica = await startRedis({
    args: ['--replicaof', '127.0.0.1', String(port), '--repl-diskless-sync-delay', '0'],
  });
  await untilInStep(replica);
  return replica;
}

async function untilInStep(replica: RedisServer): Promise<void> {
  await withRedis(replica, (redis) =>
    until(async () => {
      const info = await redis.info('replication');
      return info.includes('master_link_status:up') && info.includes('master_sync_in_progress:0');
    }, 20_000),
  );
}

/** WAIT speaks of what its own connection wrote: a connection that wrote nothing is answered at once. */
async function untilReplicated(server: RedisServer): Promise<void> {
  await withRedis(server, async (redis) => {
    await redis.set('barrier', '', 'EX', 60);
    assert.is(await redis.wait(1, 5_000), 1, 'the replica is in step');
  });
}

async function withRedis<T>(
  server: RedisServer,
  act: (redis: ReturnType<typeof createRedis>) => Promise<T>,
): Promise<T> {
  const redis = createRedis({
    redisHost: server.host,
    redisPort: server.port,
    redisAuth: undefined,
    redisTlsCa: undefined,
  });
  try {
    return await act(redis);
  } finally {
    redis.disconnect();
  }
}

/** What a managed fail-over does: the replica becomes the primary and the endpoint leads to it. */
async function promote(replica: RedisServer): Promise<void> {
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
    primary = await startRedis({ port: primary.port, directory, args: DURABLE });
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

test('Redis fails over to a replica that lags: everybody is told, and gets what comes afterwards', async () => {
  const link = await openFrontDoor([primary.port]);
  const replica = await startReplica(link.port);
  const made = await survive('lagging replica promoted', async ({ publish, forgive }) => {
    await untilReplicated(primary);
    link.setTargets([]);
    link.cutAll();
    forgive(await publish(5));
    await kill(primary);
    await promote(replica);
    await publish(6);
  });
  await link.close();
  assertTold(made);
});

test('Redis comes back empty: everybody is told, and new events flow', async () => {
  const made = await survive('restart, empty', async () => {
    const { port } = primary;
    await kill(primary);
    primary = await startRedis({ port });
  });
  assertTold(made);
});

test.run();
