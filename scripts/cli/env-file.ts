import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ROOT } from './root.ts';

/** What the help says of the option that names the settings file. */
export const SETTINGS_HELP = 'settings file, default .env; environment variables win over it';

/** The settings file with this process's environment over it. @param file default: `.env` of this repository. */
export function readSettingsEnv(file = join(ROOT, '.env')): Record<string, string | undefined> {
  return readEnvFile(file, process.env);
}

/**
 * The variables of a settings file with those of the process over them: what is given for one run, or by a build
 * service, wins. A variable that the process has but left empty does not count as given.
 *
 * @param path The file; it need not exist.
 * @throws {Error} when the file exists and cannot be read.
 */
export function readEnvFile(
  path: string,
  env: Record<string, string | undefined>,
): Record<string, string | undefined> {
  const given = Object.entries(env).filter(([, value]) => value !== undefined && value !== '');
  return { ...parseEnv(readIfThere(path)), ...Object.fromEntries(given) };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
