import type { TestCluster } from './redis-cluster.ts';

/** More than a stall of the machine takes. */
const NODE_TIMEOUT_MS = '60000';

/** Keeps the nodes from taking one that has stalled for a lost one, where a test loses no node. */
export async function tolerateStalls<T extends TestCluster>(cluster: T): Promise<T> {
  for (const { redis } of [...cluster.nodes, ...cluster.replicas])
    await redis.config('SET', 'cluster-node-timeout', NODE_TIMEOUT_MS);
  return cluster;
}
