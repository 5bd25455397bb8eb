import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { spawnTied } from '../scripts/local/child.ts';
import type { Answer, Request } from './preload.ts';

export interface NodeProcessOptions {
  /** What an error calls it. */
  name: string;
  /** Arguments of Node, the script among them. */
  args: readonly string[];
  env: NodeJS.ProcessEnv;
}

/** A Node child that ends with this process and talks in messages that have a `type`. */
export interface NodeProcess<Message extends { type: string }> {
  child: ChildProcess;
  /**
   * The next message of this type.
   *
   * @throws {Error} with the end of the child's output when it ends before, or takes too long.
   */
  answer<T extends Message['type']>(type: T, limitMs?: number): Promise<Extract<Message, { type: T }>>;
  /** Asks it to exit, which lets it write a profile, and kills it when it does not. A second call does no harm. */
  stop(): Promise<void>;
}

/** A child that serves on loopback. */
export interface ServerProcess {
  port: number;
  /** What it occupies in memory, in bytes, after its garbage was collected; needs `--expose-gc`. */
  memory(): Promise<number>;
  /** Of all its threads since its start, in microseconds. */
  processorTime(): Promise<number>;
  stop(): Promise<void>;
}

/** How long a child may take to listen, or to answer, in milliseconds. */
const ANSWER_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 5_000;
/** How much of a child's output an error about it shows, in characters. */
const TAIL_LENGTH = 2_000;

/** Starts a server with the preload; resolves when it listens. */
export async function startServer(options: NodeProcessOptions): Promise<ServerProcess> {
  const server = startNode<Answer>(options);
  try {
    const { port } = await server.answer('listening');
    return {
      port,
      memory: async () => {
        const answer = server.answer('memory');
        server.child.send('memory' satisfies Request);
        return (await answer).bytes;
      },
      processorTime: async () => {
        const answer = server.answer('processor-time');
        server.child.send('processor-time' satisfies Request);
        return (await answer).us;
      },
      stop: server.stop,
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

export function startNode<Message extends { type: string }>(
  options: NodeProcessOptions,
): NodeProcess<Message> {
  const { name, args, env } = options;
  const child = spawnTied(process.execPath, [...args], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let tail = '';
  const keep = (chunk: Buffer) => {
    tail = `${tail}${chunk}`.slice(-TAIL_LENGTH);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);

  return {
    child,
    answer: (type, limitMs = ANSWER_LIMIT_MS) =>
      new Promise((resolve, reject) => {
        const finish = (settle: () => void) => {
          clearTimeout(timer);
          child.off('message', onMessage).off('exit', onExit);
          settle();
        };
        const fail = (fault: string) =>
          finish(() => reject(new Error(`${name} ${fault}: ${tail.trim() || 'no output'}`)));
        const onMessage = (message: unknown) => {
          if ((message as Message).type === type) finish(() => resolve(message as never));
        };
        const onExit = (code: number | null) => fail(`ended (exit code ${code})`);
        const timer = setTimeout(() => fail(`did not answer within ${limitMs} ms`), limitMs);
        child.on('message', onMessage).on('exit', onExit);
      }),
    stop: () => stop(child),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  // With a callback, because sending to a child that has just ended would throw without one.
  child.send('exit' satisfies Request, () => {});
  await ended;
  clearTimeout(timer);
}
