import { randomUUID } from 'node:crypto';
import { type RedisOptions, type RedisServer, startRedis } from '../../scripts/local/redis-server.ts';
import type { ShortName } from '../../shared/conversation-name.ts';
import type { RedisConfig, RedisOverrides } from '../../shared/redis.ts';

export const TEST_PROJECT = 'demo-project';

/** For what a test itself asks Redis: the limits of the product are too short for a machine that stands still for seconds. */
export const PATIENT = {
  connectTimeout: 30_000,
  commandTimeout: 30_000,
  socketTimeout: 30_000,
} as const satisfies RedisOverrides;

export interface TestRedis extends RedisServer {
  /** For `createRedis` and for the configuration of a function or a relay. */
  redisConfig: RedisConfig;
  /** The same as the environment of a child process. */
  env: { REDISHOST: string; REDISPORT: string };
}

/** Starts a Redis for one test file. Call it in `test.before`, and its `stop` in `test.after`. */
export async function startTestRedis(options: RedisOptions = {}): Promise<TestRedis> {
  const server = await startRedis(options).catch((error: Error) => {
    // uvu keeps the error of a hook to itself, and this one says what to install.
    console.error(error.message);
    throw error;
  });
  const redisConfig: RedisConfig = {
    redisHost: server.host,
    redisPort: server.port,
    redisAuth: undefined,
    redisTlsCa: undefined,
  };
  return { ...server, redisConfig, env: { REDISHOST: server.host, REDISPORT: String(server.port) } };
}

/** A conversation that no other test has, so that the tests of a file share a Redis and never empty it. */
export function uniqueConversation(project = TEST_PROJECT): ShortName {
  return `projects/${project}/conversations/test-${randomUUID()}`;
}

/** The name of a conversation as Google's APIs have it, with a location. */
export const withLocation = (conversation: string, location = 'global'): string =>
  conversation.replace('/conversations', `/locations/${location}/conversations`);
