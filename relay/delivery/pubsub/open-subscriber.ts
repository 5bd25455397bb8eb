import type { Logger } from '../../../shared/log.ts';
import { createRedis, isCluster, publish, type Redis, type RedisConfig } from '../../../shared/redis.ts';
import { connectionFault } from '../../../shared/redis-fault.ts';
import { ClusterSubscriber } from './cluster/cluster-subscriber.ts';
import { SingleSubscriber } from './single-subscriber.ts';

/** What a process hears through: the channels of its rooms, and one of its own. */
export interface Subscriber {
  /** Resolves when Redis has confirmed the subscription. */
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  close(): void;
}

export interface SubscriberEvents {
  /** A channel that only this process subscribes. */
  ownChannel: string;
  logger: Logger;
  /** A message of one of the conversations' channels. */
  onMessage(channel: string, message: string): void;
  /** A message of {@link SubscriberEvents.ownChannel}. */
  onOwnMessage(message: string): void;
  /** These channels were lost and are subscribed again: messages may be missing. */
  onRestored(channels: readonly string[]): void;
}

/** Opens what the commands' connection asks for: one pub/sub connection, or one for each node of a cluster. */
export function openSubscriber(config: RedisConfig, redis: Redis, events: SubscriberEvents): Subscriber {
  if (isCluster(redis)) {
    const connect = (redisHost: string, redisPort: number) =>
      createRedis({ ...config, redisHost, redisPort }, { autoResubscribe: false, retryStrategy: () => null });
    return new ClusterSubscriber({ ...events, cluster: redis, connect });
  }
  const connection = createRedis(config, { autoResubscribe: false });
  connection.on('error', (err) => events.logger.warn({ err }, connectionFault(err)));
  const subscriber = new SingleSubscriber({
    ...events,
    redis: connection,
    publish: (channel, message) => publish(redis, channel, message),
  });
  // A failure is retried by the connection itself, and reported by the listener above.
  connection.connect().catch(() => {});
  return subscriber;
}
