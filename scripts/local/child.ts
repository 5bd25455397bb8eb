import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { listensOn } from './listens-on.ts';

/** How long a child may take to end after SIGTERM before it is killed, in milliseconds. */
const STOP_LIMIT_MS = 10_000;
const READY_PAUSE_MS = 25;
/** How much of a child's output an error about it shows, in characters. */
const TAIL_LENGTH = 2_000;
/** How long the last output of a child that has ended may take, in milliseconds: its own children may hold the pipe. */
const LAST_OUTPUT_MS = 5_000;

export interface ChildOptions {
  /** What an error calls it. */
  name: string;
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  /** Takes its output, standard and error; default: only the last lines are kept for an error's message. */
  logFile?: string | undefined;
  /** Asked again and again until it says yes, the child has ended or the limit has passed. */
  isReady(child: ChildProcess): Promise<boolean>;
  /** The port that it listens on by itself. Another program that has taken the port would answer `isReady`, too. */
  port?: number;
  /** How long it may take to become ready, in milliseconds. */
  startLimitMs: number;
  /** A folder of its own, which is removed once it was stopped or did not start. */
  temporaryFolder?: string | undefined;
}

/** A child that is ready for use and does not outlive this process. */
export interface RunningChild {
  process: ChildProcess;
  /** Resolves with an error when the child ends by itself; never when it was stopped. */
  failed: Promise<Error>;
  /** Ends it and resolves when it is gone and its output is written; a second call does no harm. */
  stop(): Promise<void>;
}

/** @throws {Error} with the end of its output when it ends, or is not ready in time. */
export async function startChild(options: ChildOptions): Promise<RunningChild> {
  const { name, command, args, env, logFile, port, startLimitMs, temporaryFolder } = options;
  const child = spawnTied(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(env ? { env } : {}) });
  let spawnError = '';
  child.once('error', (error) => {
    spawnError = error.message;
  });
  const output = collectOutput(child, logFile);

  let stopping = false;
  const stop = async () => {
    stopping = true;
    await stopChild(child);
    await output.whole();
    if (temporaryFolder !== undefined) await rm(temporaryFolder, { recursive: true, force: true });
  };
  const failed = new Promise<Error>((resolve) => {
    child.once('exit', (code, signal) => {
      if (stopping) return;
      void output
        .whole()
        .then(() =>
          resolve(
            new Error(`${name} ended (${signal ?? `exit code ${code}`}): ${output.tail() || 'no output'}`),
          ),
        );
    });
  });
  const deadline = Date.now() + startLimitMs;
  const isReady = async () =>
    (await options.isReady(child)) && (port === undefined || (await listensOn(child.pid ?? 0, port)));
  while (!(await isReady())) {
    const ended = spawnError !== '' || hasEnded(child);
    if (ended || Date.now() > deadline) {
      await stop();
      const fault = ended ? 'did not start' : `was not ready within ${startLimitMs} ms`;
      throw new Error(`${name} ${fault}: ${spawnError || output.tail() || 'no output'}`);
    }
    await sleep(READY_PAUSE_MS);
  }
  return { process: child, failed, stop };
}

interface ChildOutput {
  /** The end of it. */
  tail(): string;
  /** Resolves when all of it has come and is written. A process may have ended before its last output is read. */
  whole(): Promise<void>;
}

function collectOutput(child: ChildProcess, logFile: string | undefined): ChildOutput {
  let tail = '';
  const log = logFile === undefined ? undefined : createWriteStream(logFile, { flags: 'a' });
  // Losing the log is no reason to end what is logged.
  log?.on('error', () => {});
  const take = (chunk: Buffer) => {
    tail = `${tail}${chunk}`.slice(-TAIL_LENGTH);
    log?.write(chunk);
  };
  child.stdout?.on('data', take);
  child.stderr?.on('data', take);
  const written = new Promise<void>((resolve) => {
    child.once('close', () => {
      if (log === undefined) resolve();
      else finished(log.end()).then(resolve, () => resolve());
    });
  });
  return {
    tail: () => tail.trim(),
    whole: async () => {
      const limit = new AbortController();
      const { signal } = limit;
      await Promise.race([written, sleep(LAST_OUTPUT_MS, undefined, { signal }).catch(() => {})]);
      limit.abort();
    },
  };
}

/**
 * Spawns a child that Linux ends when this process dies in any way. Elsewhere it ends when this process exits, which a
 * SIGKILL of this process prevents. Call it from the main thread: Linux ties the child to the calling thread.
 */
export function spawnTied(command: string, args: string[], options: SpawnOptions): ChildProcess {
  const child = hasDeathSignal()
    ? spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], options)
    : spawn(command, args, options);
  if (tied.size === 0) process.once('exit', killTied);
  tied.add(child);
  child.once('exit', () => {
    tied.delete(child);
    if (tied.size === 0) process.off('exit', killTied);
  });
  return child;
}

/** One listener for all of them: Node takes more than ten on one emitter for a leak. */
const tied = new Set<ChildProcess>();

function killTied(): void {
  for (const child of tied) child.kill('SIGKILL');
}

/** BusyBox has a setpriv that lacks the option, so it is tried and not only looked for. */
function hasDeathSignal(): boolean {
  return process.platform === 'linux' && spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status === 0;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}

/** Ends the child, and resolves when it is gone; harmless when it has ended before. */
async function stopChild(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(timer);
}
