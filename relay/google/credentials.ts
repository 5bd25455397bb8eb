import type { AuthClient } from 'google-auth-library';

/** The credentials of the relay's calls to Dialogflow. */
export interface Credentials {
  /**
   * The request headers of one call, names in lower case.
   *
   * @throws {CredentialsError} when there are none.
   */
  headers(): Promise<Record<string, string>>;
  /** Dialogflow answered 401: the next call gets new ones. */
  invalidate(): void;
}

/** There are no credentials. Neither the message nor any field holds a token, a key or an address. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
}

const SCOPE = 'https://www.googleapis.com/auth/dialogflow';

/**
 * The application default credentials; on Cloud Run those of the relay's service account. Google's library and the
 * credentials are loaded at the first call, so that the relay's start does not wait for them.
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

/** For an endpoint that is not Google's, which is sent no credentials. */
export const NO_CREDENTIALS: Credentials = {
  headers: async () => ({}),
  invalidate: () => {},
};

async function loadClient(projectId: string): Promise<AuthClient> {
  const { GoogleAuth } = await import('google-auth-library');
  // Without a project the library looks for one first and starts gcloud for it, which takes a second.
  return new GoogleAuth({ scopes: [SCOPE], projectId }).getClient();
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'number' || (typeof code === 'string' && /^\w{1,40}$/.test(code))
    ? ` (${code})`
    : '';
}
