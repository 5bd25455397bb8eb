import type { ClientOptions, Clock } from './types.ts';

/** How long `getToken` may take, in milliseconds: a sign-in service that hangs must not hold the client for ever. */
export const TOKEN_TIMEOUT_MS = 30_000;

export type TokenAnswer =
  | { is: 'token'; token: string }
  /** There is nobody to get a token for. */
  | { is: 'none' }
  | { is: 'failed'; cause: unknown };

/** Calls the application's `getToken`, for at most {@link TOKEN_TIMEOUT_MS}; never rejects. */
export async function askForToken(getToken: ClientOptions['getToken'], clock: Clock): Promise<TokenAnswer> {
  let cancel = () => {};
  const timeout = new Promise<never>((_, reject) => {
    cancel = clock.after(TOKEN_TIMEOUT_MS, () => reject(new Error('getToken took too long')));
  });
  try {
    const token = await Promise.race([getToken(), timeout]);
    return token ? { is: 'token', token } : { is: 'none' };
  } catch (cause) {
    // By its name, because a page may have loaded the client twice, or have an error of its own for this.
    return (cause as Error | null)?.name === 'Unauthorized' ? { is: 'none' } : { is: 'failed', cause };
  } finally {
    cancel();
  }
}
