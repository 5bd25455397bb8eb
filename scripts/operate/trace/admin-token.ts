import { readFileSync } from 'node:fs';
import { UsageError } from '../../cli/usage-error.ts';
import { TOKEN_VARIABLE, type TraceOptions } from './options.ts';

/** The admin token that the options name. @throws {UsageError} when there is none. */
export function adminTokenOf(
  { tokenEnv, tokenFile }: Pick<TraceOptions, 'tokenEnv' | 'tokenFile'>,
  env: Readonly<Record<string, string | undefined>>,
): string {
  if (tokenFile !== undefined) {
    const text = readToken(tokenFile);
    if (text === '') throw new UsageError(`--token-file: ${tokenFile} is empty`);
    return text;
  }
  const name = tokenEnv ?? TOKEN_VARIABLE;
  const token = env[name]?.trim();
  if (token) return token;
  if (tokenEnv !== undefined) throw new UsageError(`--token-env: the variable ${name} is not set`);
  throw new UsageError(
    `the admin token is missing: set ${TOKEN_VARIABLE}, or name its file with --token-file FILE`,
  );
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new UsageError(`--token-file: ${file} cannot be read (${code})`);
  }
}
