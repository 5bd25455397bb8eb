import { spawn } from 'node:child_process';
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
  return ([program = '', ...args], { stdin, signal }) =>
    new Promise((resolve, reject) => {
      // A command of our own runs on this Node: the one that is found first may be too old.
      const child = spawn(program === 'node' ? process.execPath : program, args, {
        cwd,
        env,
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        stdout += chunk;
      });
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        stderr += chunk;
      });
      const interrupt = () => child.kill('SIGINT');
      const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
      signal?.addEventListener('abort', interrupt, { once: true });
      if (signal?.aborted) interrupt();
      const finish = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', interrupt);
      };
      child.once('error', (error) => {
        finish();
        reject(
          'code' in error && error.code === 'ENOENT'
            ? new Error(`${program} is not installed: see https://cloud.google.com/sdk/docs/install`)
            : error,
        );
      });
      child.once('close', (code) => {
        finish();
        resolve({ code: code ?? undefined, stdout, stderr });
      });
      // The program may end without reading: its exit code tells more than the broken pipe.
      child.stdin.on('error', () => {});
      child.stdin.end(stdin ?? '');
    });
}
