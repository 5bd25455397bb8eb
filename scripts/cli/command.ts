// What the commands that work on a project share: settings, Ctrl-C and the exit code.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../../shared/errors.ts';
import { readEnvFile } from './env-file.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** The exit code of a program that Ctrl-C ended, as shells give it. */
export const INTERRUPTED = 130;

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

/** Aborted by Ctrl-C and SIGTERM. A second one ends the process at once. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  process.once('SIGTERM', () => controller.abort());
  return controller.signal;
}
