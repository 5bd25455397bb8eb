import type { ShortName } from '../../../shared/conversation-name.ts';
import { type ConversationKeys, conversationKeys } from '../../../shared/keys.ts';
import {
  createRedis,
  createRedisClient,
  isCluster,
  publish,
  type Redis,
  type RedisConfig,
  type RedisNode,
} from '../../../shared/redis.ts';
import { createEventLog, type EventLog, type HistoryConfig } from '../../../shared/stream/event-log.ts';
import { type ChannelMessage, parseChannelMessage } from '../../../shared/stream/protocol.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { startTestRedis, uniqueConversation } from '../../helpers/redis.ts';
import { startTestCluster } from '../../helpers/redis-cluster.ts';
import { until } from '../../helpers/until.ts';
import '../../helpers/patient-redis.ts';

export const HISTORY: HistoryConfig = { historySize: 1000, historyTtlSeconds: 600 };

export interface Listener {
  texts: string[];
  messages(): ChannelMessage[];
  /** Waits until all that was published before this call has come. */
  settle(): Promise<void>;
}

interface Server {
  redisConfig: RedisConfig;
  /** A connection to the server that has the key. */
  connectTo(key: string): Promise<RedisNode>;
  /** Connections to every server. */
  nodes: readonly RedisNode[];
}

let startServer = startSingle;

/** From now on fixtures are a Redis Cluster. */
export function useCluster(): void {
  startServer = startCluster;
}

/** An event log in a Redis, or in a Redis Cluster, and what the tests of one file do with it. */
export class LogFixture extends Fixture {
  redis!: Redis;
  log!: EventLog;
  #server!: Server;

  protected override async start(): Promise<void> {
    this.#server = await startServer(this);
    this.redis = await this.connect();
    this.log = createEventLog(this.redis, HISTORY);
  }

  /** A log with other limits in the same Redis. */
  async logWith(history: Partial<HistoryConfig>): Promise<EventLog> {
    return createEventLog(await this.connect(), { ...HISTORY, ...history });
  }

  /** A client of its own, connected. */
  async connect(): Promise<Redis> {
    const redis = createRedisClient(this.#server.redisConfig);
    this.defer(() => redis.disconnect());
    await redis.connect();
    return redis;
  }

  /** Does something to the server, or to each one of a cluster. */
  async onEachServer(act: (server: RedisNode) => Promise<unknown>): Promise<void> {
    await Promise.all(this.#server.nodes.map(act));
  }

  /** Everything published on the conversation's channel from now on. */
  async subscribe(conversation: ShortName): Promise<Listener> {
    const { channel } = conversationKeys(conversation);
    const subscriber = await this.#server.connectTo(channel);
    this.defer(() => subscriber.disconnect());
    return listen(subscriber, this.redis, channel);
  }

  /** The message ids of the open utterances that a late joiner is given. */
  async openIn(conversation: ShortName, after = 0, limit = 100): Promise<string[]> {
    return (await this.log.read(conversation, after, limit)).open.map(({ messageId }) => messageId);
  }

  /** A conversation no test has used, with its keys. */
  conversation(): { name: ShortName; keys: ConversationKeys } {
    const name = uniqueConversation();
    return { name, keys: conversationKeys(name) };
  }
}

async function startSingle(fixture: Fixture): Promise<Server> {
  const { redisConfig, stop } = await startTestRedis();
  fixture.defer(stop);
  const redis = createRedis(redisConfig);
  fixture.defer(() => redis.disconnect());
  return { redisConfig, connectTo: async () => createRedis(redisConfig), nodes: [redis] };
}

async function startCluster(fixture: Fixture): Promise<Server> {
  const { redisConfig, nodes, ownerOf, stop } = await startTestCluster();
  fixture.defer(stop);
  return {
    redisConfig,
    connectTo: async (key) => (await ownerOf(key)).redis.duplicate(),
    nodes: nodes.map(({ redis }) => redis),
  };
}

const END = 'end';

async function listen(subscriber: RedisNode, publisher: Redis, channel: string): Promise<Listener> {
  const texts: string[] = [];
  let ends = 0;
  const onMessage = (_channel: string, text: string) => {
    if (text === END) ends++;
    else texts.push(text);
  };
  subscriber.on('message', onMessage);
  subscriber.on('smessage', onMessage);
  if (isCluster(publisher)) await subscriber.ssubscribe(channel);
  else await subscriber.subscribe(channel);
  return {
    texts,
    messages: () =>
      texts.map((text) => {
        const message = parseChannelMessage(text);
        if (message === undefined) throw new Error(`not one of ours: ${text}`);
        return message;
      }),
    async settle() {
      const before = ends;
      await publish(publisher, channel, END);
      await until(() => ends > before);
    },
  };
}
