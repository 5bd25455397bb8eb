import {
  createRedisClient,
  isCluster,
  onReconnected,
  type Redis,
  type RedisConfig,
} from '../../shared/redis.ts';

/**
 * Opens a client for commands that only read, beside the one for all commands.
 *
 * Redis runs the commands of a connection in turn. While it takes no writes for a moment (`CLIENT PAUSE WRITE`, as a
 * fail-over does), nothing that stands behind a write is answered. So reads have connections of their own.
 *
 * @param redis the client for all commands, whose connection to a demoted primary is noticed by its writes.
 */
export function openReads(config: RedisConfig, redis: Redis): Redis {
  const reads = createRedisClient(config);
  // The other client's connections have the same faults and log them.
  reads.on('error', () => {});
  reads.connect().catch(() => {});
  if (isCluster(reads)) return reads;
  // What made the other connection break may have left this one open, on a node that is no primary any more.
  onReconnected(redis, () => {
    if (reads.status === 'ready') reads.disconnect(true);
  });
  return reads;
}
