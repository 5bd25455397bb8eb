import { Redis, type RedisOptions } from 'ioredis';

export type { Redis } from 'ioredis';

export interface RedisConfig {
  redisHost: string;
  redisPort: number;
  redisAuth: string | undefined;
  redisTlsCa: string | undefined;
}

/** How long one command may take, in milliseconds, before its caller hears of it: a hung Redis must not hang us. */
const COMMAND_TIMEOUT_MS = 1_000;
const CONNECT_TIMEOUT_MS = 2_000;
/** The longest pause between two attempts to connect, in milliseconds. */
const RECONNECT_MAX_MS = 1_000;

/** How this process connects to Redis; not yet connected (`connect()` does that, or the first command). */
export function createRedis(config: RedisConfig, overrides: RedisOptions = {}): Redis {
  return new Redis({
    host: config.redisHost,
    port: config.redisPort,
    ...(config.redisAuth === undefined ? {} : { password: config.redisAuth }),
    ...(config.redisTlsCa === undefined ? {} : { tls: { ca: config.redisTlsCa } }),
    lazyConnect: true,
    keepAlive: 10_000,
    noDelay: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    // A command waits for its own time-out and no count of reconnects: the caller decides whether to send it again.
    maxRetriesPerRequest: null,
    retryStrategy: reconnectDelay,
    ...overrides,
  });
}

/** Full jitter, so that a fleet does not come back in step after a fail-over. */
export function reconnectDelay(attempt: number): number {
  return Math.random() * Math.min(RECONNECT_MAX_MS, 50 * 2 ** Math.min(attempt, 10));
}
