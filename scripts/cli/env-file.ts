import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { ROOT } from './root.ts';
import { decodeText, lineFaults } from './settings-lines.ts';
import { UsageError } from './usage-error.ts';

/** What the help says of the option that names the settings file. */
export const SETTINGS_HELP = 'settings file, default .env; environment variables take precedence';

/** Settings, and where they were read. */
export interface GivenSettings {
  /** The variables of the file with those of the process over them. */
  env: Record<string, string | undefined>;
  /** The settings file as the user names it. */
  file: string;
  /** Whether the file exists. Only the default file may be missing. */
  hasFile: boolean;
  /** The variables of the file alone. */
  inFile: Readonly<Record<string, string | undefined>>;
  /** What is wrong with the lines of the file, in sentences. */
  lineFaults?: readonly string[];
}

/**
 * The settings file with this process's environment over it.
 *
 * @param named default: `.env` of this repository, which need not exist.
 * @throws {UsageError} when the named file does not exist.
 */
export function readGivenSettings(named: string | undefined): GivenSettings {
  const text = readIfThere(named ?? join(ROOT, '.env'));
  if (named !== undefined && text === undefined)
    throw new UsageError(`--settings: there is no file ${resolve(named)}`);
  const inFile = parse(text);
  const file = named ?? '.env';
  return {
    ...{ env: over(inFile, process.env), file, hasFile: text !== undefined, inFile },
    lineFaults: lineFaults(text ?? '', file),
  };
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
  return over(parse(readIfThere(path)), env);
}

/** Where the value of a variable comes from, in words; undefined where it is not set. */
export function originOf(name: string, { env, file, inFile }: GivenSettings): string | undefined {
  const value = env[name];
  if (value === undefined || value === '') return undefined;
  const fromFile = inFile[name];
  if (value === fromFile) return `${name} in ${file}`;
  const isOverFile = fromFile !== undefined && fromFile !== '';
  return `${name} in the environment${isOverFile ? `, which takes precedence over ${fromFile} in ${file}` : ''}`;
}

function over(
  inFile: Record<string, string | undefined>,
  env: Record<string, string | undefined>,
): Record<string, string | undefined> {
  const given = Object.entries(env).filter(([, value]) => value !== undefined && value !== '');
  return { ...inFile, ...Object.fromEntries(given) };
}

function parse(text = ''): Record<string, string | undefined> {
  return parseEnv(text);
}

function readIfThere(path: string): string | undefined {
  try {
    return decodeText(readFileSync(path));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    if (error.code === 'EISDIR') throw new UsageError(`--settings: ${path} is a folder`);
    if (error.code === 'EACCES') throw new UsageError(`--settings: ${path} may not be read`);
    throw error;
  }
}
