import type { ShortName } from '../../../shared/conversation-name.ts';
import { type ConversationKeys, conversationKeys } from '../../../shared/keys.ts';
import { createRedis, type Redis } from '../../../shared/redis.ts';
import { createEventLog, type EventLog, type HistoryConfig } from '../../../shared/stream/event-log.ts';
import { type ChannelMessage, parseChannelMessage } from '../../../shared/stream/protocol.ts';
import { startTestRedis, type TestRedis, uniqueConversation } from '../../helpers/redis.ts';
import { until } from '../../helpers/until.ts';

export const HISTORY: HistoryConfig = { historySize: 1000, historyTtlSeconds: 600 };

/** A Redis for one test file, and what its tests do with it. */
export interface LogFixture {
  server: TestRedis;
  redis: Redis;
  log: EventLog;
  /** A log with other limits in the same Redis. */
  logWith(history: Partial<HistoryConfig>): EventLog;
  /** A client of its own; ends with the fixture. */
  connect(): Redis;
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

export async function startLogFixture(): Promise<LogFixture> {
  const server = await startTestRedis();
  const clients: Redis[] = [];
  const connect = () => {
    const redis = createRedis(server.redisConfig);
    clients.push(redis);
    return redis;
  };
  const redis = connect();
  return {
    server,
    redis,
    log: createEventLog(redis, HISTORY),
    logWith: (history) => createEventLog(connect(), { ...HISTORY, ...history }),
    connect,
    listen: (conversation) => listen(connect(), redis, conversationKeys(conversation).channel),
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

const END = 'end';

async function listen(subscriber: Redis, publisher: Redis, channel: string): Promise<Listener> {
  const texts: string[] = [];
  let ends = 0;
  subscriber.on('message', (_channel, text) => {
    if (text === END) ends++;
    else texts.push(text);
  });
  await subscriber.subscribe(channel);
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
      await publisher.publish(channel, END);
      await until(() => ends > before);
    },
  };
}
