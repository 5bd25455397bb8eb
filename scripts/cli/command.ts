// What the commands that work on a project share: settings, gcloud, Ctrl-C and the exit code.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../../shared/errors.ts';
import { createExec } from '../gcloud/exec.ts';
import type { Tools } from '../gcloud/run-task.ts';
import { readEnvFile } from './env-file.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** The exit code of a program that Ctrl-C ended, as shells give it. */
export const INTERRUPTED = 130;

const COMMAND_LIMIT_MS = 30 * 60_000;

/** Runs a command to its exit code; an error becomes one line on standard error and 1. */
export async function runCommand(name: string, main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.error(error instanceof ConfigError ? message : `${name}: ${message}`);
    process.exitCode = 1;
  }
}

/** The settings file with the environment over it. @param file default: `.env` of this repository. */
export function readSettingsEnv(file: string | undefined): Record<string, string | undefined> {
  return readEnvFile(file ?? join(ROOT, '.env'), process.env);
}

/** gcloud in this process's environment, and a signal that Ctrl-C gives: the running command still ends by itself. */
export function createTools(): Tools {
  const interruption = new AbortController();
  process.once('SIGINT', () => interruption.abort());
  process.once('SIGTERM', () => interruption.abort());
  return {
    exec: createExec(ROOT, COMMAND_LIMIT_MS, process.env),
    sleep: (ms) => sleep(ms, undefined, { signal: interruption.signal }).catch(() => {}),
    randomHex: (bytes) => randomBytes(bytes).toString('hex'),
    signal: interruption.signal,
  };
}
