import type { AuthClient } from 'google-auth-library';

/** What proves to Dialogflow who calls. */
export interface Credentials {
  /**
   * The request headers of one call, names in lower case.
   *
   * @throws {CredentialsError} when there are none to be had.
   */
  headers(): Promise<Record<string, string>>;
  /** Dialogflow answered 401: the next call asks for new ones. */
  invalidate(): void;
}

/** No credentials could be had. Neither the text nor anything else of it holds a token, a key or an address. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
}

const SCOPE = 'https://www.googleapis.com/auth/dialogflow';

/**
 * The application default credentials: on Cloud Run the service account of the relay. Google's library is loaded, and
 * the credentials are looked for, at the first call, so that the relay's start does not wait for either.
 */
export function googleCredentials(projectId: string): Credentials {
  let client: Promise<AuthClient> | undefined;
  return {
    async headers() {
      const pending = client ?? loadClient(projectId);
      client = pending;
      let step = 'none could be loaded';
      try {
        const authClient = await pending;
        step = 'no access token was given';
        // authorization, and x-goog-user-project where the credentials name a project for the quota
        return Object.fromEntries(await authClient.getRequestHeaders());
      } catch (error) {
        if (client === pending) client = undefined;
        // The library's own message may quote the answer of a token server, so only its code is kept.
        throw new CredentialsError(`Google credentials: ${step}${codeOf(error)}`);
      }
    },
    invalidate() {
      client = undefined;
    },
  };
}

/** For an endpoint that is not Google's: it is sent no credentials. */
export const NO_CREDENTIALS: Credentials = {
  headers: async () => ({}),
  invalidate: () => {},
};

async function loadClient(projectId: string): Promise<AuthClient> {
  const { GoogleAuth } = await import('google-auth-library');
  // Without the project the library looks for one first, by starting gcloud among others: a second of the first call.
  return new GoogleAuth({ scopes: [SCOPE], projectId }).getClient();
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'number' || (typeof code === 'string' && /^\w{1,40}$/.test(code))
    ? ` (${code})`
    : '';
}
