import type { Exec } from './exec.ts';

/**
 * A token of the account that gcloud works as, good for about an hour. Only ever put into a header.
 *
 * @throws {Error} with gcloud's words when nobody is signed in.
 */
export async function accessToken(
  account: string | undefined,
  exec: Exec,
  signal?: AbortSignal,
): Promise<string> {
  const argv = ['gcloud', 'auth', 'print-access-token', ...(account === undefined ? [] : [account])];
  const { code, stdout, stderr } = await exec([...argv, '--quiet'], { signal });
  if (code === 0) return stdout.trim();
  throw new Error(stderr.trim() || 'gcloud auth print-access-token failed');
}
