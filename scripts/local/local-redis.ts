import { readConfig, sharedSettings } from '../../shared/config.ts';
import { createRedis, startNodes } from '../../shared/redis.ts';
import { addressOf, connectionFault } from '../../shared/redis-fault.ts';
import { findRedisServer, startRedis } from './redis-server.ts';

/** The Redis of the local stack, as its processes see it. */
export interface LocalRedis {
  /** REDISHOST, REDISPORT and, for a Redis of the user's own, what else reaching it takes. */
  env: NodeJS.ProcessEnv;
  /** Resolves with an error when a Redis of ours ends by itself. */
  failed: Promise<Error>;
  /** Ends it if it is ours. */
  stop(): Promise<void>;
}

/**
 * The Redis that REDISHOST names, else a private one that is found, installed or downloaded.
 *
 * @throws {Error} when the named one does not answer, with the reason, or when there is no way to a private one.
 */
export async function openLocalRedis(env: NodeJS.ProcessEnv, logFile: string): Promise<LocalRedis> {
  if (env.REDISHOST) {
    const { REDISHOST, REDISPORT, REDIS_AUTH, REDIS_TLS_CA, REDIS_CLUSTER } = env;
    const redisEnv = { REDISHOST, REDISPORT, REDIS_AUTH, REDIS_TLS_CA, REDIS_CLUSTER };
    await requireAnswer(redisEnv);
    return {
      env: redisEnv,
      failed: new Promise(() => {}),
      stop: async () => {},
    };
  }
  const command = await findRedisServer(env).catch(downloadRedisServer);
  const server = await startRedis({ command, logFile });
  return {
    env: { REDISHOST: server.host, REDISPORT: String(server.port) },
    failed: server.failed,
    stop: server.stop,
  };
}

async function requireAnswer(env: NodeJS.ProcessEnv): Promise<void> {
  const config = readConfig(sharedSettings, { ...env, GCP_PROJECT_ID: 'local' });
  const redis = createRedis(config, { ...startNodes(config)[0], retryStrategy: () => null });
  let reason: unknown;
  redis.on('error', (error) => {
    reason ??= error;
  });
  try {
    await redis.connect();
  } catch (error) {
    const fault = connectionFault(reason ?? error, addressOf(redis));
    throw new Error(`${fault}; unset REDISHOST for a private Redis`);
  } finally {
    redis.disconnect();
  }
}

/**
 * The last resort: a package that downloads the source of Redis and builds it.
 *
 * @throws {Error} `reason`, which names the line to run instead, when that fails too.
 */
async function downloadRedisServer(reason: Error): Promise<string> {
  try {
    const { RedisBinary } = await import('redis-memory-server');
    return await RedisBinary.getPath();
  } catch {
    throw reason;
  }
}
