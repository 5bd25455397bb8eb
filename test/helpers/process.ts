import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Whether a process runs. One that has ended and that nobody has waited for (a container without init) does not. */
export function isAlive(pid: number | undefined): boolean {
  try {
    if (pid === undefined || !process.kill(pid, 0)) return false;
  } catch {
    return false;
  }
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.[0];
    return state !== 'Z' && state !== 'X';
  } catch {
    // No /proc on this system, or the process ended between the two looks.
    return process.platform !== 'linux';
  }
}

export interface Ended {
  code: number | null;
  /** Standard output and error, in order of arrival. */
  output: string;
}

/** A program that runs on this Node. */
export interface Running {
  child: ChildProcess;
  /** What it has printed so far. */
  output(): string;
  /** Resolves when it has ended and all of its output is there. */
  ended: Promise<Ended>;
}

export function startNode(args: readonly string[], options: Omit<SpawnOptions, 'stdio'> = {}): Running {
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
  return { child, output: () => output, ended };
}

/** Runs a program on this Node; resolves when it has ended. */
export function runNode(args: readonly string[], options: Omit<SpawnOptions, 'stdio'> = {}): Promise<Ended> {
  return startNode(args, options).ended;
}
