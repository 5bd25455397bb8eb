import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A token of the account that gcloud works as, good for about an hour. Only ever put into a header.
 *
 * @throws {Error} with gcloud's words when nobody is signed in.
 */
export async function accessToken(account: string | undefined, env: NodeJS.ProcessEnv): Promise<string> {
  const argv = ['auth', 'print-access-token', ...(account === undefined ? [] : [account]), '--quiet'];
  try {
    return (await run('gcloud', argv, { env })).stdout.trim();
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(said || 'gcloud auth print-access-token failed');
  }
}
