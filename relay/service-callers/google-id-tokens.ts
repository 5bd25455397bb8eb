import type { OAuth2Client, OAuth2ClientOptions } from 'google-auth-library';
import type { ServiceCallerLimits } from './limits.ts';

/** What a genuine ID token says of its service account. */
export interface GoogleIdentity {
  /** Absent in a token that was asked for without it, and where Google has not verified it. */
  email: string | undefined;
  /** In seconds since 1970. */
  issuedAt: number;
  expiresAt: number;
}

/** A token is not genuine, not for this relay, or has expired. The message says which, and holds nothing of it. */
export class IdTokenRefusedError extends Error {
  override readonly name = 'IdTokenRefusedError';
}

/**
 * Verifies a Google ID token for an audience.
 *
 * @throws {IdTokenRefusedError}
 * @throws {Error} when Google's certificates cannot be read.
 */
export type VerifyIdToken = (token: string, audience: string) => Promise<GoogleIdentity>;

// The library's messages quote the token, so the beginning is compared and the rest is dropped.
const REASONS: readonly [start: string, reason: string][] = [
  ['No pem found', 'it is signed with an unknown key'],
  ['Invalid token signature', 'its signature is wrong'],
  ['Token used too late', 'it has expired'],
  ['Token used too early', 'it is not valid yet'],
  ['Expiration time too far', 'it is valid for too long'],
  ['Invalid issuer', 'it is not from Google'],
  ['Wrong recipient', 'its audience is not SERVICE_AUDIENCE'],
];

/** How Cloud Run marks a token that it has checked itself, for a service that only IAM's invokers may call. */
const NO_SIGNATURE = '.SIGNATURE_REMOVED_BY_GOOGLE';

/** Google's library with Google's certificates; both are loaded with the first token. */
export function googleIdTokens(
  { timeoutMs }: ServiceCallerLimits,
  options: OAuth2ClientOptions = {},
): VerifyIdToken {
  let loading: Promise<OAuth2Client> | undefined;
  const load = async () => {
    const { OAuth2Client } = await import('google-auth-library');
    return new OAuth2Client({ transporterOptions: { timeout: timeoutMs }, ...options });
  };

  return async (idToken, audience) => {
    if (idToken.endsWith(NO_SIGNATURE)) {
      throw new IdTokenRefusedError(
        'Cloud Run has removed its signature: the relay needs RELAY_INVOCATION=no-invoker-iam-check',
      );
    }
    loading ??= load();
    const client = await loading;
    const { certs } = await client.getFederatedSignonCertsAsync().catch(() => {
      throw new Error("Google's certificates cannot be read");
    });
    // Clients ask for the address as they write it, with a slash at the end or without.
    const audiences = [audience, audience.endsWith('/') ? audience.slice(0, -1) : `${audience}/`];
    const issuers = ['accounts.google.com', 'https://accounts.google.com'];
    try {
      const ticket = await client.verifySignedJwtWithCertsAsync(idToken, certs, audiences, issuers);
      const { email, email_verified, iat = 0, exp = 0 } = ticket.getPayload() ?? {};
      return { email: email_verified === true ? email : undefined, issuedAt: iat, expiresAt: exp };
    } catch (error) {
      const message = error instanceof Error ? error.message : '';
      const [, reason = 'it is malformed'] = REASONS.find(([start]) => message.startsWith(start)) ?? [];
      throw new IdTokenRefusedError(reason);
    }
  };
}
