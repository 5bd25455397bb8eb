import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, sharedSettings } from '../../shared/config.ts';
import { createRedis, startNodes } from '../../shared/redis.ts';
import { addressOf, connectionFault } from '../../shared/redis-fault.ts';
import { findRedisServer, startRedis } from './redis-server.ts';
import { startRestartable } from './restartable.ts';

/** The Redis of the local stack, as its processes see it. */
export interface LocalRedis {
  /** REDISHOST, REDISPORT and, for a Redis of the user's own, what else reaching it takes. */
  env: NodeJS.ProcessEnv;
  /** Resolves with an error when a Redis of ours ends by itself. */
  failed: Promise<Error>;
  /**
   * Stops it, and starts it again after a pause in milliseconds with what it held. A Redis of the user's own cannot be
   * lost.
   */
  lose?(pauseMs: number): Promise<void>;
  /** Ends it if it is ours. */
  stop(): Promise<void>;
}

/** Redis saves when it is stopped if it saves at all; of a run in between, no demo makes so many changes. */
const SAVE_WHEN_STOPPED = ['--save', '86400 1000000000'];

/**
 * The Redis that REDISHOST names, else a private one that is found, installed or downloaded.
 *
 * @throws {Error} when the named one does not answer, with the reason, or when there is no way to a private one.
 */
export async function openLocalRedis(env: NodeJS.ProcessEnv, logFile: string): Promise<LocalRedis> {
  if (env.REDISHOST) {
    const { REDISHOST, REDISPORT, REDIS_AUTH, REDIS_TLS_CA, REDIS_CLUSTER, REDIS_AUTH_MODE } = env;
    const redisEnv = { REDISHOST, REDISPORT, REDIS_AUTH, REDIS_TLS_CA, REDIS_CLUSTER, REDIS_AUTH_MODE };
    await requireAnswer(redisEnv);
    return {
      env: redisEnv,
      failed: new Promise(() => {}),
      stop: async () => {},
    };
  }
  const command = await findRedisServer(env).catch(downloadRedisServer);
  const directory = await mkdtemp(join(tmpdir(), 'agent-assist-redis-'));
  const removeData = () => rm(directory, { recursive: true, force: true });
  let port: number | undefined;
  try {
    const server = await startRestartable(async () => {
      const where = port === undefined ? {} : { port };
      const started = await startRedis({ command, logFile, directory, args: SAVE_WHEN_STOPPED, ...where });
      port = started.port;
      return started;
    });
    return {
      env: { REDISHOST: '127.0.0.1', REDISPORT: String(port) },
      failed: server.failed,
      lose: server.restart,
      async stop() {
        await server.stop();
        await removeData();
      },
    };
  } catch (error) {
    await removeData();
    throw error;
  }
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
