import { Redis, type RedisOptions } from 'ioredis';

export type { Redis } from 'ioredis';

/** ioredis's own options, less the one that changes the shape of replies. */
export type RedisOverrides = Omit<RedisOptions, 'replyMapping'>;

export interface RedisConfig {
  redisHost: string;
  redisPort: number;
  redisAuth: string | undefined;
  redisTlsCa: string | undefined;
}

/** How long one command may take, in milliseconds, before its caller hears of it: a hung Redis must not hang us. */
const COMMAND_TIMEOUT_MS = 1_000;
const CONNECT_TIMEOUT_MS = 2_000;
/**
 * How long nothing may come back while a command is under way, in milliseconds, before the connection counts as dead:
 * after a fail-over the old node may be gone without a word, and TCP itself takes a quarter of an hour to notice.
 */
const SOCKET_TIMEOUT_MS = 3_000;
/** The longest pause between two attempts to connect, in milliseconds. */
const RECONNECT_MAX_MS = 1_000;

/** How this process connects to Redis; not yet connected (`connect()` does that, or the first command). */
export function createRedis(config: RedisConfig, overrides: RedisOverrides = {}): Redis {
  return new Redis({
    host: config.redisHost,
    port: config.redisPort,
    ...(config.redisAuth === undefined ? {} : { password: config.redisAuth }),
    ...(config.redisTlsCa === undefined ? {} : { tls: { ca: config.redisTlsCa, rejectUnauthorized: true } }),
    lazyConnect: true,
    keepAlive: 10_000,
    noDelay: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    // What is under way when a connection breaks is sent again on the next one, if that comes about at once. Without a
    // limit ioredis keeps what has long timed out, content and all, until Redis is back.
    maxRetriesPerRequest: 1,
    retryStrategy: reconnectDelay,
    ...overrides,
  });
}

/** Full jitter, so that a fleet does not come back in step after a fail-over. */
export function reconnectDelay(attempt: number): number {
  return Math.random() * Math.min(RECONNECT_MAX_MS, 50 * 2 ** Math.min(attempt, 10));
}

// Error replies that a later attempt may not meet again: a server that is starting, failing over, moving a slot, busy
// with a script or out of memory. Any other reply (no permission, a key of another type) stays as it is.
const TRANSIENT_REPLY =
  /^(LOADING|READONLY|MASTERDOWN|NOREPLICAS|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|BUSY|OOM|UNBLOCKED|MISCONF)\b/;

/** Whether a failed command may succeed when it is sent again. */
export function isTransientRedisError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name !== 'ReplyError' || TRANSIENT_REPLY.test(error.message);
}
