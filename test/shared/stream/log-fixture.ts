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
import { startTestRedis, uniqueConversation } from '../../helpers/redis.ts';
import { startTestCluster } from '../../helpers/redis-cluster.ts';
import { until } from '../../helpers/until.ts';

export const HISTORY: HistoryConfig = { historySize: 1000, historyTtlSeconds: 600 };

/** A Redis for one test file, and what its tests do with it. */
export interface LogFixture {
  redis: Redis;
  log: EventLog;
  /** A log with other limits in the same Redis. */
  logWith(history: Partial<HistoryConfig>): Promise<EventLog>;
  /** A client of its own, connected; ends with the fixture. */
  connect(): Promise<Redis>;
  /** Does something to the server, or to each one of a cluster. */
  onEachServer(act: (server: RedisNode) => Promise<unknown>): Promise<void>;
  /** Everything published on the conversation's channel from now on. */
  listen(conversation: ShortName): Promise<Listener>;
  /** A conversation no test has used, with its keys. */
  conversation(): { name: ShortName; keys: ConversationKeys };
  stop(): Promise<void>;
}

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
  onEachServer: LogFixture['onEachServer'];
  stop(): Promise<void>;
}

let startServer = startSingle;

/** From now on fixtures are a Redis Cluster. */
export function useCluster(): void {
  startServer = startCluster;
}

export async function startLogFixture(): Promise<LogFixture> {
  const server = await startServer();
  const clients: Redis[] = [];
  const connect = async () => {
    const redis = createRedisClient(server.redisConfig);
    clients.push(redis);
    await redis.connect();
    return redis;
  };
  const redis = await connect();
  return {
    redis,
    log: createEventLog(redis, HISTORY),
    logWith: async (history) => createEventLog(await connect(), { ...HISTORY, ...history }),
    connect,
    onEachServer: server.onEachServer,
    listen: async (conversation) => {
      const { channel } = conversationKeys(conversation);
      const subscriber = await server.connectTo(channel);
      clients.push(subscriber);
      return listen(subscriber, redis, channel);
    },
    conversation() {
      const name = uniqueConversation();
      return { name, keys: conversationKeys(name) };
    },
    async stop() {
      for (const client of clients) client.disconnect();
      await server.stop();
    },
  };
}

async function startSingle(): Promise<Server> {
  const { redisConfig, stop } = await startTestRedis();
  const redis = createRedis(redisConfig);
  return {
    redisConfig,
    connectTo: async () => createRedis(redisConfig),
    onEachServer: async (act) => void (await act(redis)),
    stop: async () => {
      redis.disconnect();
      await stop();
    },
  };
}

async function startCluster(): Promise<Server> {
  const { redisConfig, nodes, ownerOf, stop } = await startTestCluster();
  return {
    redisConfig,
    connectTo: async (key) => (await ownerOf(key)).redis.duplicate(),
    onEachServer: async (act) => void (await Promise.all(nodes.map(({ redis }) => act(redis)))),
    stop,
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
