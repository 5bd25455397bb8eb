// The servers of a Redis Cluster, and what Redis's own tools do to them.
import { onFreePort } from '../../scripts/local/free-port.ts';
import { type RedisServer, startRedis } from '../../scripts/local/redis-server.ts';
import { createRedis, type RedisNode } from '../../shared/redis.ts';
import { PATIENT } from './redis.ts';
import { until } from './until.ts';

const SLOTS = 16_384;
const FORM_LIMIT_MS = 60_000;
const MIGRATE_TIMEOUT_MS = 30_000;
const KEYS_AT_ONCE = 100;
/** After how much silence nodes take one for dead, in milliseconds. A machine may stand still for seconds. */
const NODE_TIMEOUT_MS = 6_000;
/** The same while nodes start, one is to be found dead, or a replica to take over: voters wait for twice this time. */
const SHORT_NODE_TIMEOUT_MS = 2_000;

/** A server of a test cluster, and a connection to it alone. */
export interface ClusterNode {
  id: string;
  server: RedisServer;
  redis: RedisNode;
}

/** A node that can be started again where it was. */
export type StartedNode = ClusterNode & {
  busPort: number;
  keepsData: boolean;
  extra: readonly string[];
  nodesPort: number | undefined;
};

/** How a node is started beside the usual, and how the test itself then gets in. */
export interface NodeAccess {
  args: readonly string[];
  /** The port that nodes tell each other; default the one that the test itself uses. */
  port: number;
  login: { username: string; password: string };
}

/** @param at where the node was before. */
export function startServer({
  busPort,
  keepsData,
  extra,
  ...at
}: Pick<StartedNode, 'busPort' | 'keepsData' | 'extra'> & Partial<RedisServer>): Promise<RedisServer> {
  return startRedis({
    ...(at.port === undefined ? {} : { port: at.port, directory: at.directory }),
    args: [
      ...['--cluster-enabled', 'yes', '--cluster-port', String(busPort)],
      // Nodes that start wait for as long before they serve, see setPatience.
      ...['--cluster-node-timeout', String(SHORT_NODE_TIMEOUT_MS), '--cluster-announce-ip', '127.0.0.1'],
      ...['--repl-diskless-sync-delay', '0'],
      ...(keepsData ? ['--appendonly', 'yes', '--appendfsync', 'always'] : []),
      ...extra,
    ],
  });
}

export async function startNode(keepsData: boolean, access?: NodeAccess): Promise<StartedNode> {
  const extra = access?.args ?? [];
  // The default bus port is 10,000 above the other, which a free port can be too high for.
  const [busPort, server] = await onFreePort(
    async (port) => [port, await startServer({ busPort: port, keepsData, extra })] as const,
  );
  const config = {
    redisHost: server.host,
    redisPort: server.port,
    redisAuth: undefined,
    redisTlsCa: undefined,
  };
  const redis = createRedis(config, { ...PATIENT, ...access?.login });
  redis.on('error', () => {}); // of one that is killed
  return {
    id: String(await redis.call('CLUSTER', 'MYID')),
    server,
    redis,
    busPort,
    keepsData,
    extra,
    nodesPort: access?.port,
  };
}

/** Makes a cluster of servers that know nothing of each other, and waits until each replica is in step. */
export async function form(nodes: readonly StartedNode[], replicas: readonly StartedNode[]): Promise<void> {
  const share = Math.ceil(SLOTS / nodes.length);
  await Promise.all(
    nodes.map(async ({ redis }, index) => {
      const last = Math.min(SLOTS, (index + 1) * share) - 1;
      await redis.call('CLUSTER', 'ADDSLOTSRANGE', index * share, last);
      await redis.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
    }),
  );
  const [first, ...others] = [...nodes, ...replicas];
  for (const { server, busPort, nodesPort = server.port } of others) {
    await first?.redis.call('CLUSTER', 'MEET', server.host, nodesPort, busPort);
  }
  const hasAll = async ({ redis }: ClusterNode) =>
    String(await redis.call('CLUSTER', 'INFO')).includes(`cluster_known_nodes:${others.length + 1}`);
  await untilAll([...nodes, ...replicas], hasAll);
  await Promise.all(
    replicas.map(({ redis }, index) =>
      redis.call('CLUSTER', 'REPLICATE', nodes[index % nodes.length]?.id ?? ''),
    ),
  );
  await untilAll(replicas, async ({ redis }) =>
    (await redis.info('replication')).includes('master_link_status:up'),
  );
}

function untilAll(nodes: readonly ClusterNode[], holds: (node: ClusterNode) => Promise<boolean>) {
  return until(async () => (await Promise.all(nodes.map(holds))).every(Boolean), FORM_LIMIT_MS);
}

/** Whether the node is a replica of the other one, as it sees itself. */
export async function follows({ redis }: ClusterNode, primary: ClusterNode): Promise<boolean> {
  const lines = String(await redis.call('CLUSTER', 'NODES')).split('\n');
  return lines.some((line) => line.includes('myself,slave') && line.includes(primary.id));
}

/** The line of `CLUSTER NODES` that has the flag `myself` ends with the node's slots, and those that it imports. */
export async function owns({ redis }: ClusterNode, slot: number): Promise<boolean> {
  const lines = String(await redis.call('CLUSTER', 'NODES')).split('\n');
  const own = lines.find((line) => line.includes('myself')) ?? '';
  return own
    .split(' ')
    .slice(8)
    .some((range) => {
      const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? [];
      return first !== undefined && Number(first) <= slot && slot <= Number(last);
    });
}

/** Lets nodes find a dead one soon, or be patient as they are while all of them are to stay. */
export async function setPatience(nodes: Iterable<ClusterNode>, isPatient: boolean): Promise<void> {
  const timeoutMs = isPatient ? NODE_TIMEOUT_MS : SHORT_NODE_TIMEOUT_MS;
  await Promise.all([...nodes].map(({ redis }) => redis.config('SET', 'cluster-node-timeout', timeoutMs)));
}

/** Moves the keys of a slot, which both nodes then know to be on its way. */
export async function moveKeys(slot: number, from: ClusterNode, to: ClusterNode): Promise<void> {
  await to.redis.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', from.id);
  await from.redis.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', to.id);
  for (;;) {
    const keys = (await from.redis.call('CLUSTER', 'GETKEYSINSLOT', slot, KEYS_AT_ONCE)) as string[];
    if (keys.length === 0) return;
    const { host, port } = to.server;
    await from.redis.call('MIGRATE', host, port, '', 0, MIGRATE_TIMEOUT_MS, 'KEYS', ...keys);
  }
}
