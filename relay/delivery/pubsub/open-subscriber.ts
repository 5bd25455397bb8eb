import { randomUUID } from 'node:crypto';
import { FORMAT } from '../../../shared/keys.ts';
import {
  createRedis,
  isCluster,
  onReconnected,
  publish,
  type Redis,
  type RedisConfig,
} from '../../../shared/redis.ts';
import { logNodeFaults } from '../../../shared/redis-fault.ts';
import type { Subscriber, SubscriberEvents } from '../subscriber.ts';
import { ClusterSubscriber } from './cluster/cluster-subscriber.ts';
import { SingleSubscriber } from './single-subscriber.ts';

/**
 * Opens one pub/sub connection, or one for each node if the commands' connection is to a cluster.
 *
 * @param silenceMs how long a connection may be silent before it is tested, in milliseconds.
 */
export function openSubscriber(
  config: RedisConfig,
  redis: Redis,
  silenceMs: number,
  events: SubscriberEvents,
): Subscriber {
  if (isCluster(redis)) {
    const connect = (redisHost: string, redisPort: number) =>
      createRedis({ ...config, redisHost, redisPort }, { autoResubscribe: false, retryStrategy: () => null });
    return new ClusterSubscriber({ ...events, silenceMs, cluster: redis, connect });
  }
  const connection = createRedis(config, { autoResubscribe: false });
  logNodeFaults(connection, events.logger);
  const subscriber = new SingleSubscriber({
    ...events,
    ownChannel: `aar${FORMAT}:relay:${randomUUID()}`,
    silenceMs,
    redis: connection,
    publish: (channel, message) => publish(redis, channel, message),
  });
  // The fault that broke that connection may have left this one open, on a node that is no longer a primary.
  onReconnected(redis, () => void subscriber.tryNow().catch(() => {})); // a message that was not sent proves nothing
  // A failure is retried by the connection itself, and reported by the listener above.
  connection.connect().catch(() => {});
  return subscriber;
}
