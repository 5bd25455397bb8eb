import { connect } from 'node:net';
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

const USUAL_PORT = 6379;
const CONNECT_LIMIT_MS = 3_000;

/**
 * The Redis that REDISHOST names, else a private one that is found, installed or downloaded.
 *
 * @throws {Error} when the named one does not answer, or when there is no way to a private one.
 */
export async function openLocalRedis(env: NodeJS.ProcessEnv, logFile: string): Promise<LocalRedis> {
  if (env.REDISHOST) {
    const { REDISHOST, REDISPORT, REDIS_AUTH, REDIS_TLS_CA, REDIS_CLUSTER } = env;
    await requireListener(REDISHOST, Number(REDISPORT || USUAL_PORT));
    return {
      env: { REDISHOST, REDISPORT, REDIS_AUTH, REDIS_TLS_CA, REDIS_CLUSTER },
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

function requireListener(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const fail = () =>
      reject(new Error(`REDISHOST: nothing listens on ${host}:${port}; unset it for a private Redis`));
    socket.setTimeout(CONNECT_LIMIT_MS, () => socket.destroy());
    socket.once('connect', () => {
      resolve();
      socket.destroy();
    });
    socket.once('error', fail);
    socket.once('close', fail);
  });
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
