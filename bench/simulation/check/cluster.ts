import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../scripts/local/free-port.ts';
import { type RedisServer, startRedis } from '../../../scripts/local/redis-server.ts';
import { keySlot } from '../../../shared/key-slot.ts';
import { createRedis, type RedisConfig, type RedisNode } from '../../../shared/redis.ts';

const SLOTS = 16_384;
const PAUSE_MS = 50;
const ANSWER_LIMIT_MS = 60_000;

/** A Redis Cluster of primaries on loopback. */
export interface Cluster {
  /** A connection to each primary alone. */
  nodes: readonly RedisNode[];
  config: RedisConfig;
  /** Process ids of the servers, in the order of the nodes. */
  pids: readonly number[];
  /** Which node has a key, by its index. */
  nodeOf(key: string): number;
  stop(): Promise<void>;
}

export async function startCluster(primaries: number): Promise<Cluster> {
  const servers: RedisServer[] = [];
  const nodes: RedisNode[] = [];
  const stop = async () => {
    for (const node of nodes) node.disconnect();
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    const busPorts: number[] = [];
    for (let index = 0; index < primaries; index++) {
      // The usual bus port is 10,000 above the other, which a free port can be too high for.
      const busPort = await freePort();
      const server = await startRedis({
        args: [
          '--cluster-enabled',
          'yes',
          '--cluster-port',
          String(busPort),
          '--cluster-announce-ip',
          '127.0.0.1',
        ],
      });
      servers.push(server);
      busPorts.push(busPort);
      const at = {
        redisHost: server.host,
        redisPort: server.port,
        redisAuth: undefined,
        redisTlsCa: undefined,
      };
      // Statistics are asked for on a busy machine, where the product's limits are too short.
      nodes.push(createRedis(at, { commandTimeout: ANSWER_LIMIT_MS, socketTimeout: ANSWER_LIMIT_MS }));
    }
    const share = Math.ceil(SLOTS / primaries);
    for (const [index, node] of nodes.entries()) {
      await node.call('CLUSTER', 'ADDSLOTSRANGE', index * share, Math.min(SLOTS, (index + 1) * share) - 1);
      await node.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
    }
    for (const [index, server] of servers.entries()) {
      if (index > 0) await nodes[0]?.call('CLUSTER', 'MEET', server.host, server.port, busPorts[index] ?? 0);
    }
    for (const node of nodes) {
      while (!String(await node.call('CLUSTER', 'INFO')).includes(`cluster_state:ok`)) await sleep(PAUSE_MS);
      while (!String(await node.call('CLUSTER', 'INFO')).includes(`cluster_known_nodes:${primaries}\r`))
        await sleep(PAUSE_MS);
    }
    const [first] = servers;
    return {
      nodes,
      config: {
        redisHost: first?.host ?? '',
        redisPort: first?.port ?? 0,
        redisAuth: undefined,
        redisTlsCa: undefined,
        redisCluster: true,
      },
      pids: servers.map((server) => server.process.pid ?? 0),
      nodeOf: (key) => Math.floor(keySlot(key) / share),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
