import { execFile } from 'node:child_process';
import type { Argv } from './step.ts';

export interface ExecResult {
  /** The exit code; undefined when a signal or the time limit ended the program. */
  code: number | undefined;
  stdout: string;
  stderr: string;
}

export interface ExecOptions {
  /** Written to its standard input, which is then closed. */
  stdin?: string;
  /** Passes an interruption on to the program. */
  signal?: AbortSignal | undefined;
}

/** Runs a program to its end; resolves whatever its exit code is, and rejects when it cannot be started. */
export type Exec = (argv: Argv, options: ExecOptions) => Promise<ExecResult>;

/** A Memorystore instance takes ten minutes. */
const LIMIT_MS = 30 * 60_000;

/** @param limitMs How long one program may take. */
export function createExec(cwd: string, env: NodeJS.ProcessEnv, limitMs = LIMIT_MS): Exec {
  const options = {
    cwd,
    env,
    timeout: limitMs,
    killSignal: 'SIGKILL',
    maxBuffer: Number.POSITIVE_INFINITY,
  } as const;
  return ([program = '', ...args], { stdin = '', signal }) =>
    new Promise((resolve, reject) => {
      const interrupt = () => child.kill('SIGINT');
      // A command of our own runs on this Node: the one that is found first may be too old.
      const file = program === 'node' ? process.execPath : program;
      const child = execFile(file, args, options, (error, stdout, stderr) => {
        signal?.removeEventListener('abort', interrupt);
        if (error?.code === 'ENOENT')
          reject(new Error(`${program} is not installed: see https://cloud.google.com/sdk/docs/install`));
        else if (typeof error?.code === 'string') reject(error);
        else resolve({ code: error ? (error.code ?? undefined) : 0, stdout, stderr });
      });
      signal?.addEventListener('abort', interrupt, { once: true });
      if (signal?.aborted) interrupt();
      // The program may end without reading: its exit code tells more than the broken pipe.
      child.stdin?.on('error', () => {});
      child.stdin?.end(stdin);
    });
}
