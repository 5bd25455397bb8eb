import { readFileSync } from 'node:fs';
import { headerText, valueOfNamed } from '../../cli/named-variable.ts';
import { UsageError } from '../../cli/usage-error.ts';
import { TOKEN_VARIABLE, type TraceOptions } from './options.ts';

/** The admin token that the options name. @throws {UsageError} when there is none. */
export function adminTokenOf(
  { tokenEnv, tokenFile }: Pick<TraceOptions, 'tokenEnv' | 'tokenFile'>,
  env: Readonly<Record<string, string | undefined>>,
): string {
  if (tokenFile !== undefined) {
    const text = readToken(tokenFile);
    if (text === '') throw new UsageError('--token-file: the file is empty');
    return headerText('--token-file', 'the admin token', text);
  }
  if (tokenEnv !== undefined) return valueOfNamed('--token-env', tokenEnv, 'the admin token', env);
  const token = env[TOKEN_VARIABLE]?.trim();
  if (token) return headerText(TOKEN_VARIABLE, 'the admin token', token);
  throw new UsageError(
    `the admin token is missing: set ${TOKEN_VARIABLE}, or name its file with --token-file FILE`,
  );
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    // Without the name: some give the token itself.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new UsageError(
      `--token-file: the file cannot be read (${code}): name the file that holds the admin token`,
    );
  }
}
