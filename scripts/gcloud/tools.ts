import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createExec, type Exec } from './exec.ts';

/** What looking at a project takes from outside. */
export interface Programs {
  exec: Exec;
  /** Stops a run between and within commands. */
  signal: AbortSignal;
}

/** What changing a project takes besides. */
export interface Tools extends Programs {
  sleep(ms: number): Promise<void>;
  /** Random bytes as hexadecimal text. */
  randomHex(bytes: number): string;
  /** Takes a temporary failure as the answer. */
  triesOnce?: true;
}

/**
 * Programs in this process's environment.
 *
 * @param cwd Where they run.
 * @param signal Interrupts a pause at once; the running program is sent SIGINT and ends by itself.
 */
export function createTools(cwd: string, signal: AbortSignal): Tools {
  return {
    exec: createExec(cwd, process.env),
    sleep: (ms) => sleep(ms, undefined, { signal }).catch(() => {}),
    randomHex: (bytes) => randomBytes(bytes).toString('hex'),
    signal,
  };
}
