import { randomUUID } from 'node:crypto';
import type { Test } from 'uvu';
import { DELIVERY_LIMITS } from '../../../../relay/delivery/limits.ts';
import { ClusterSubscriber } from '../../../../relay/delivery/pubsub/cluster/cluster-subscriber.ts';
import { type Cluster, createRedis, createRedisClient, isCluster } from '../../../../shared/redis.ts';
import { quietLogger } from '../../../helpers/quiet-logger.ts';
import type { TestCluster, TestClusterOptions } from '../../../helpers/redis-cluster.ts';
import { RedisFixture } from '../../../helpers/redis-fixture.ts';

export interface ListenOptions {
  onMessage?: (channel: string, message: string) => void;
  onRestored?: (channels: readonly string[]) => void;
  silenceMs?: number;
}

export interface Listener {
  subscriber: ClusterSubscriber;
  received: { channel: string; message: string }[];
  /** Each call's channels. */
  restored: (readonly string[])[];
  /** How many connections to nodes were made. */
  connections(): number;
}

/** A Redis Cluster, a client of it, and what listens on it. */
export class SubscriberFixture extends RedisFixture {
  cluster!: TestCluster;
  commands!: Cluster;
  readonly #options: TestClusterOptions;

  constructor(test: Test, options: TestClusterOptions = {}) {
    super(test, { server: false });
    this.#options = options;
  }

  protected override async start(): Promise<void> {
    this.cluster = await this.startCluster(this.#options);
    const commands = createRedisClient(this.cluster.redisConfig);
    if (!isCluster(commands)) throw new Error('the configuration asks for a cluster');
    commands.on('error', () => {});
    this.defer(() => commands.disconnect());
    await commands.connect();
    this.commands = commands;
  }

  /** Opens a subscriber that is closed after its test. */
  subscribe({
    onMessage = () => {},
    onRestored = () => {},
    silenceMs = DELIVERY_LIMITS.subscriberSilenceMs,
  }: ListenOptions = {}): Listener {
    const received: Listener['received'] = [];
    const restored: Listener['restored'] = [];
    let connections = 0;
    const subscriber = new ClusterSubscriber({
      cluster: this.commands,
      connect: (redisHost, redisPort) => {
        connections++;
        const node = { ...this.cluster.redisConfig, redisHost, redisPort };
        return createRedis(node, { autoResubscribe: false, retryStrategy: () => null });
      },
      logger: quietLogger,
      onMessage: (channel, message) => {
        received.push({ channel, message });
        onMessage(channel, message);
      },
      onRestored: (channels) => {
        restored.push(channels);
        onRestored(channels);
      },
      silenceMs,
    });
    this.keep(subscriber);
    return { subscriber, received, restored, connections: () => connections };
  }
}

/** Channels of different slots, on all nodes. */
export const someChannels = (count: number) => Array.from({ length: count }, () => randomUUID());
