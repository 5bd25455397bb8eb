import type { RedisConfig } from '../../shared/redis.ts';
import {
  type ClusterNode,
  follows,
  form,
  moveKeys,
  type NodeAccess,
  owns,
  setPatience,
  startNode,
  startServer,
} from './redis-cluster-nodes.ts';
import { until } from './until.ts';

const FAIL_OVER_LIMIT_MS = 60_000;
/** After 5 seconds Redis gives up a fail-over that it was asked for, such as one that got no votes. */
const MANUAL_FAIL_OVER_MS = 7_000;

/** A Redis Cluster on loopback, its slots spread evenly over its primaries. */
export interface TestCluster {
  /** The primaries, as long as none has failed over. */
  nodes: readonly ClusterNode[];
  replicas: readonly ClusterNode[];
  /** For `createRedisClient`: the first primary is the one that is asked. */
  redisConfig: RedisConfig;
  /** The same as the environment of a child process. */
  env: { REDISHOST: string; REDISPORT: string; REDIS_CLUSTER: string };
  slotOf(key: string): Promise<number>;
  /** The primary that has the key's slot, as the nodes that are alive see it. */
  ownerOf(key: string): Promise<ClusterNode>;
  /**
   * Moves a slot with its keys to another primary while clients go on, by the steps of Redis's own resharding;
   * `meanwhile` is called when the keys are there and the slot is not.
   */
  moveSlot(slot: number, to: ClusterNode, meanwhile?: () => Promise<void>): Promise<void>;
  /** Ends a node without a word, or stops it for good; it is not one of the cluster any more. */
  fail(node: ClusterNode, how: 'SIGKILL' | 'SIGSTOP'): Promise<void>;
  /**
   * Lets a replica of a primary take its place while all connections stay open; resolves with the replica when it has.
   *
   * @param option `TAKEOVER` asks no other node; without it the primary waits until the replica is in step.
   */
  failOver(primary: ClusterNode, option?: 'TAKEOVER'): Promise<ClusterNode>;
  /** Ends all nodes that are alive without a word and starts them again; resolves when every slot has a primary. */
  restart(): Promise<void>;
  /** Resolves when every slot has a primary again. */
  untilWhole(): Promise<void>;
  stop(): Promise<void>;
}

export interface TestClusterOptions {
  primaries?: number;
  /** How many replicas each primary has; one takes its place when it is gone for longer than 2 seconds. */
  replicas?: number;
  /** Whether a node that starts again has its data; default not. */
  keepsData?: boolean;
  /** Makes what sets a node apart from others, once for each node. */
  access?: () => Promise<NodeAccess>;
}

export async function startTestCluster(options: TestClusterOptions = {}): Promise<TestCluster> {
  const { primaries = 3, replicas = 0, keepsData = false, access } = options;
  const startNodes = (length: number) =>
    Promise.all(Array.from({ length }, async () => startNode(keepsData, await access?.())));
  const nodes = await startNodes(primaries);
  const others = await startNodes(primaries * replicas);
  const alive = new Set<ClusterNode>([...nodes, ...others]);
  const stopped: ClusterNode[] = [];
  const stop = async () => {
    for (const { redis } of [...nodes, ...others]) redis.disconnect();
    for (const { server } of stopped) server.process.kill('SIGKILL'); // it would not hear of anything milder
    await Promise.all([...nodes, ...others].map(({ server }) => server.stop()));
  };
  const untilWhole = async () => {
    await until(async () => {
      const infos = await Promise.all([...alive].map(({ redis }) => redis.call('CLUSTER', 'INFO')));
      return infos.every((info) => String(info).includes('cluster_state:ok'));
    }, FAIL_OVER_LIMIT_MS);
    await setPatience(alive, true);
  };
  try {
    await form(nodes, others);
    await untilWhole();
  } catch (error) {
    await stop();
    throw error;
  }
  const [first] = nodes;
  if (first === undefined) throw new Error('a cluster has at least one primary');
  const { host, port } = first.server;
  const slotOf = async (key: string) => {
    const [anyone = first] = alive;
    return Number(await anyone.redis.call('CLUSTER', 'KEYSLOT', key));
  };
  const ownerOf = async (slot: number): Promise<ClusterNode> => {
    const owners = await Promise.all(
      [...alive].map(async (node) => ((await owns(node, slot)) ? [node] : [])),
    );
    const [owner, ...rest] = owners.flat();
    if (owner === undefined || rest.length > 0) throw new Error(`slot ${slot} has no single owner`);
    return owner;
  };
  return {
    nodes,
    replicas: others,
    redisConfig: {
      redisHost: host,
      redisPort: port,
      redisAuth: undefined,
      redisTlsCa: undefined,
      redisCluster: true,
    },
    env: { REDISHOST: host, REDISPORT: String(port), REDIS_CLUSTER: 'true' },
    slotOf,
    ownerOf: async (key) => ownerOf(await slotOf(key)),
    moveSlot: async (slot, to, meanwhile = async () => {}) => {
      const from = await ownerOf(slot);
      if (from === to) return;
      await moveKeys(slot, from, to);
      await meanwhile();
      // The new owner first: otherwise nobody would have the slot if this process ended in between.
      for (const node of [to, from, ...nodes.filter((other) => other !== to && other !== from)]) {
        await node.redis.call('CLUSTER', 'SETSLOT', slot, 'NODE', to.id);
      }
    },
    fail: async (node, how) => {
      alive.delete(node);
      await setPatience(alive, false);
      const gone = new Promise((resolve) => node.server.process.once('exit', resolve));
      node.server.process.kill(how);
      if (how === 'SIGKILL') await gone;
      else stopped.push(node);
    },
    failOver: async (primary, option) => {
      const replicas = await Promise.all(
        [...alive].map(async (node) => ((await follows(node, primary)) ? [node] : [])),
      );
      const [replica] = replicas.flat();
      if (replica === undefined) throw new Error('the primary has no replica');
      await setPatience(alive, false);
      for (let attempt = 1; ; attempt++) {
        await replica.redis.call('CLUSTER', 'FAILOVER', ...(option === undefined ? [] : [option]));
        try {
          await until(() => follows(primary, replica), MANUAL_FAIL_OVER_MS);
          await setPatience(alive, true);
          return replica;
        } catch (error) {
          if (attempt === 5) throw error;
        }
      }
    },
    restart: async () => {
      const gone = [...alive].map(
        ({ server }) => new Promise((resolve) => server.process.once('exit', resolve)),
      );
      for (const { server } of alive) server.process.kill('SIGKILL');
      await Promise.all(gone);
      for (const node of [...nodes, ...others]) {
        if (!alive.has(node)) continue;
        const before = node.server;
        const server = await startServer({ ...node, ...before });
        // The first one to be started has made the folder, and removes it.
        node.server = { ...server, stop: () => server.stop().then(before.stop) };
      }
      await untilWhole();
    },
    untilWhole,
    stop,
  };
}
