import { freePort } from '../../scripts/local/free-port.ts';
import { type RedisServer, startRedis } from '../../scripts/local/redis-server.ts';
import { createRedis, type Redis } from '../../shared/redis.ts';
import { until } from './until.ts';

const SLOTS = 16_384;
const FORM_LIMIT_MS = 20_000;
const MIGRATE_TIMEOUT_MS = 5_000;
const KEYS_AT_ONCE = 100;

/** A primary of a test cluster, and a connection to it alone. */
export interface ClusterNode {
  id: string;
  server: RedisServer;
  redis: Redis;
}

/** A Redis Cluster of primaries on loopback, its slots spread evenly over them. */
export interface TestCluster {
  nodes: readonly ClusterNode[];
  slotOf(key: string): Promise<number>;
  /** The primary that has the key's slot, as the primaries see it. */
  ownerOf(key: string): Promise<ClusterNode>;
  /** Moves a slot with its keys to another primary while clients go on, by the steps of Redis's own resharding. */
  moveSlot(slot: number, to: ClusterNode): Promise<void>;
  stop(): Promise<void>;
}

export async function startTestCluster(size = 3): Promise<TestCluster> {
  const nodes = await Promise.all(Array.from({ length: size }, startNode));
  const stop = async () => {
    for (const { redis } of nodes) redis.disconnect();
    await Promise.all(nodes.map(({ server }) => server.stop()));
  };
  try {
    await form(nodes);
  } catch (error) {
    await stop();
    throw error;
  }
  const slotOf = async (key: string) => Number(await nodes[0]?.redis.call('CLUSTER', 'KEYSLOT', key));
  const ownerOf = async (slot: number): Promise<ClusterNode> => {
    const owners = await Promise.all(nodes.map(async (node) => ((await owns(node, slot)) ? [node] : [])));
    const [owner, ...others] = owners.flat();
    if (owner === undefined || others.length > 0) throw new Error(`slot ${slot} has no single owner`);
    return owner;
  };
  return {
    nodes,
    slotOf,
    ownerOf: async (key) => ownerOf(await slotOf(key)),
    moveSlot: async (slot, to) => {
      const from = await ownerOf(slot);
      if (from !== to) await moveSlot(slot, from, to, nodes);
    },
    stop,
  };
}

async function startNode(): Promise<ClusterNode & { busPort: number }> {
  // The default bus port is 10,000 above the other, which a free port can be too high for.
  const busPort = await freePort();
  const server = await startRedis({
    args: ['--cluster-enabled', 'yes', '--cluster-port', String(busPort), '--cluster-node-timeout', '2000'],
  });
  const redis = createRedis({
    redisHost: server.host,
    redisPort: server.port,
    redisAuth: undefined,
    redisTlsCa: undefined,
  });
  return { id: String(await redis.call('CLUSTER', 'MYID')), server, redis, busPort };
}

async function form(nodes: readonly (ClusterNode & { busPort: number })[]): Promise<void> {
  const share = Math.ceil(SLOTS / nodes.length);
  await Promise.all(
    nodes.map(async ({ redis }, index) => {
      const last = Math.min(SLOTS, (index + 1) * share) - 1;
      await redis.call('CLUSTER', 'ADDSLOTSRANGE', index * share, last);
      await redis.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
    }),
  );
  const [first, ...others] = nodes;
  for (const { server, busPort } of others) {
    await first?.redis.call('CLUSTER', 'MEET', server.host, server.port, busPort);
  }
  await until(async () => {
    const infos = await Promise.all(nodes.map(({ redis }) => redis.call('CLUSTER', 'INFO')));
    return infos.every(
      (info) =>
        String(info).includes('cluster_state:ok') &&
        String(info).includes(`cluster_known_nodes:${nodes.length}`),
    );
  }, FORM_LIMIT_MS);
}

/** The line of `CLUSTER NODES` that has the flag `myself` ends with the node's slots, and those that it imports. */
async function owns({ redis }: ClusterNode, slot: number): Promise<boolean> {
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

async function moveSlot(
  slot: number,
  from: ClusterNode,
  to: ClusterNode,
  nodes: readonly ClusterNode[],
): Promise<void> {
  await to.redis.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', from.id);
  await from.redis.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', to.id);
  for (;;) {
    const keys = (await from.redis.call('CLUSTER', 'GETKEYSINSLOT', slot, KEYS_AT_ONCE)) as string[];
    if (keys.length === 0) break;
    const { host, port } = to.server;
    await from.redis.call('MIGRATE', host, port, '', 0, MIGRATE_TIMEOUT_MS, 'KEYS', ...keys);
  }
  // The new owner first: otherwise nobody would have the slot if this process ended in between.
  for (const node of [to, from, ...nodes.filter((other) => other !== to && other !== from)]) {
    await node.redis.call('CLUSTER', 'SETSLOT', slot, 'NODE', to.id);
  }
}
