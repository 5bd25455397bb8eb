import { mkdtemp } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canUseApt, installWithApt } from './apt.ts';
import { type RunningChild, startChild } from './child.ts';
import { findExecutable } from './executable.ts';
import { freePort } from './free-port.ts';

const PORT_ATTEMPTS = 5;
/** How long a start may take, in milliseconds; a large append-only file is loaded in this time. */
const START_LIMIT_MS = 60_000;

export interface RedisOptions {
  /** Default: a free loopback port. A given one is tried once, e.g. to start again where a stopped server was. */
  port?: number;
  /** Default: a folder of its own that `stop` removes. A given one is kept, with what the server stores in it. */
  directory?: string;
  /** Further arguments; the last one of a name counts, so these win over the defaults. */
  args?: string[];
  /** Default: {@link findRedisServer}. */
  command?: string;
  /** Takes the server's log. */
  logFile?: string;
}

/** A private Redis on loopback, which ends with this process. */
export interface RedisServer extends RunningChild {
  host: string;
  port: number;
  /** `redis://HOST:PORT` */
  url: string;
  directory: string;
}

/**
 * Finds redis-server on PATH, or installs it where that needs nobody's answer.
 *
 * @throws {Error} that names the line to run.
 */
export async function findRedisServer(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const found = findExecutable('redis-server', env.PATH);
  if (found !== undefined) return found;
  if (!canUseApt(env)) throw new Error(missingRedis(process.platform));
  await installWithApt({ program: 'redis-server', package: 'redis-server' }, env);
  return 'redis-server';
}

export function missingRedis(platform: NodeJS.Platform): string {
  const line = platform === 'darwin' ? 'brew install redis' : 'sudo apt-get install -y redis-server';
  return `redis-server (7 or newer) is not installed. Run: ${line}`;
}

/** Starts a Redis that keeps nothing on disk (unless `args` says so); resolves when it answers PING. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const command = options.command ?? (await findRedisServer());
  const attempts = options.port === undefined ? PORT_ATTEMPTS : 1;
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOn(options.port ?? (await freePort()), command, options);
    } catch (error) {
      if (attempt >= attempts) throw error;
    }
  }
}

async function startOn(port: number, command: string, options: RedisOptions): Promise<RedisServer> {
  const host = '127.0.0.1';
  const temporaryFolder =
    options.directory === undefined ? await mkdtemp(join(tmpdir(), 'agent-assist-redis-')) : undefined;
  const directory = options.directory ?? temporaryFolder ?? '';
  const child = await startChild({
    name: `redis-server on port ${port}`,
    command,
    args: redisArguments(port, directory, options.args),
    logFile: options.logFile,
    isReady: ({ pid }) => isOurs(host, port, pid),
    startLimitMs: START_LIMIT_MS,
    temporaryFolder,
  });
  return { ...child, host, port, url: `redis://${host}:${port}`, directory };
}

/** The command line; pure, and open to whatever a caller adds (append-only file, replica, cluster). */
export function redisArguments(port: number, directory: string, extra: string[] = []): string[] {
  return [
    ...['--port', String(port), '--bind', '127.0.0.1', '--protected-mode', 'yes'],
    ...['--save', '', '--appendonly', 'no', '--dir', directory, '--daemonize', 'no'],
    ...extra,
  ];
}

/** True when the server on that port answers and is the child; another one may have taken the port before it. */
function isOurs(host: string, port: number, pid: number | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let reply = '';
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('close', () => finish(false));
    socket.once('connect', () => socket.write('PING\r\nINFO server\r\n'));
    socket.on('data', (chunk) => {
      reply += chunk;
      if (reply.startsWith('-LOADING')) return finish(false);
      // With --requirepass it does not tell its process id to strangers.
      if (reply.startsWith('-NOAUTH')) return finish(true);
      const id = /process_id:(\d+)\r/.exec(reply)?.[1];
      if (reply.startsWith('+PONG') && id !== undefined) finish(Number(id) === pid);
    });
  });
}
