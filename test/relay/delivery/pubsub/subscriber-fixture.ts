import { randomUUID } from 'node:crypto';
import { DELIVERY_LIMITS } from '../../../../relay/delivery/limits.ts';
import { ClusterSubscriber } from '../../../../relay/delivery/pubsub/cluster/cluster-subscriber.ts';
import { type Cluster, createRedis, createRedisClient, isCluster } from '../../../../shared/redis.ts';
import { quietLogger } from '../../../helpers/quiet-logger.ts';
import {
  startTestCluster,
  type TestCluster,
  type TestClusterOptions,
} from '../../../helpers/redis-cluster.ts';

/** A cluster for one test file, a client of it, and what listens on it. */
export interface ListeningWorld {
  cluster: TestCluster;
  commands: Cluster;
  listen(options?: ListenOptions): Listener;
  /** Closes what was opened with `listen`. */
  closeListeners(): void;
  stop(): Promise<void>;
}

export interface ListenOptions {
  onMessage?: (channel: string, message: string) => void;
  onRestored?: (channels: readonly string[]) => void;
  silenceMs?: number;
}

export interface Listener {
  subscriber: ClusterSubscriber;
  ownChannel: string;
  received: { channel: string; message: string }[];
  own: string[];
  /** Each call's channels. */
  restored: (readonly string[])[];
  /** How many connections to nodes were made. */
  connections(): number;
}

export async function startListeningWorld(options: TestClusterOptions = {}): Promise<ListeningWorld> {
  const cluster = await startTestCluster(options);
  const commands = createRedisClient(cluster.redisConfig);
  if (!isCluster(commands)) throw new Error('the configuration asks for a cluster');
  commands.on('error', () => {});
  await commands.connect();
  const open: ClusterSubscriber[] = [];
  const closeListeners = () => {
    for (const subscriber of open.splice(0)) subscriber.close();
  };

  const listen = ({
    onMessage = () => {},
    onRestored = () => {},
    silenceMs = DELIVERY_LIMITS.subscriberSilenceMs,
  }: ListenOptions = {}): Listener => {
    const ownChannel = `own-${randomUUID()}`;
    const received: Listener['received'] = [];
    const own: string[] = [];
    const restored: Listener['restored'] = [];
    let connections = 0;
    const subscriber = new ClusterSubscriber({
      ownChannel,
      cluster: commands,
      connect: (redisHost, redisPort) => {
        connections++;
        const node = { ...cluster.redisConfig, redisHost, redisPort };
        return createRedis(node, { autoResubscribe: false, retryStrategy: () => null });
      },
      logger: quietLogger,
      onMessage: (channel, message) => {
        received.push({ channel, message });
        onMessage(channel, message);
      },
      onOwnMessage: (message) => own.push(message),
      onRestored: (channels) => {
        restored.push(channels);
        onRestored(channels);
      },
      silenceMs,
    });
    open.push(subscriber);
    return { subscriber, ownChannel, received, own, restored, connections: () => connections };
  };

  return {
    cluster,
    commands,
    listen,
    closeListeners,
    stop: async () => {
      closeListeners();
      commands.disconnect();
      await cluster.stop();
    },
  };
}

/** Channels of different slots, on all nodes. */
export const someChannels = (count: number) => Array.from({ length: count }, () => randomUUID());
