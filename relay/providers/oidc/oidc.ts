import type { JWTVerifyOptions } from 'jose';
import type { Identity } from '../../identity/identity.ts';
import { CLOCK_SKEW_SECONDS } from '../../identity/limits.ts';
import { type ProviderKind, ProviderUnavailable } from '../provider.ts';
import { ProviderClient } from '../provider-client.ts';
import { identityOf } from './oidc-identity.ts';
import { IssuerKeys, OIDC, slow } from './oidc-keys.ts';
import { failedCheck, isOfToken } from './oidc-refusal.ts';
import { GOOGLE_ISSUER, type OidcConfig, oidcFaults } from './oidc-settings.ts';

/** Algorithms that need the issuer's private key. With a shared secret, or with none, others could sign. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/**
 * The types that a token's header may have: none or JWT, or that of an access token (RFC 9068, 2.1). A logout token has
 * the same issuer, audience and subject, but another type, and lets nobody in.
 */
const TYPES = new Set<unknown>([undefined, 'jwt', 'application/jwt', 'at+jwt', 'application/at+jwt']);

/**
 * `OIDC`: a JWT of any provider that speaks OpenID Connect, such as Okta, Entra, Google or Auth0. It is an access token
 * for the relay's API or an ID token for the desktop, with the configured audience.
 */
export const oidc: ProviderKind<OidcConfig> = {
  opaque: false,
  faults: oidcFaults,
  create: (config, context) => {
    const { oidcIssuer = '', oidcAudience = [] } = config;
    const client = new ProviderClient(OIDC, context);
    const keys = new IssuerKeys(oidcIssuer, context);
    // Google's tokens have either of two issuers. Source: Google Identity, OpenID Connect, "An ID token's payload".
    const issuers = oidcIssuer === GOOGLE_ISSUER ? [oidcIssuer, 'accounts.google.com'] : [oidcIssuer];
    const options: JWTVerifyOptions = {
      algorithms: ALGORITHMS,
      issuer: issuers,
      audience: [...oidcAudience],
      requiredClaims: ['exp', 'iat', 'sub'],
      clockTolerance: CLOCK_SKEW_SECONDS,
    };

    async function judge(token: string): Promise<Identity | undefined> {
      const { payload, protectedHeader } = await keys.verify(token, options);
      const typ: unknown = protectedHeader.typ;
      if (!TYPES.has(typeof typ === 'string' ? typ.toLowerCase() : typ))
        return client.refuse('a token of another type');
      const judgement = identityOf(payload, config);
      return 'identity' in judgement ? judgement.identity : client.refuse(judgement.fault);
    }

    return {
      issuers,
      async verify(token) {
        try {
          return await within(context.limits.oidcWaitMs, judge(token));
        } catch (error) {
          if (error instanceof ProviderUnavailable) throw error;
          if (isOfToken(error)) return client.refuse(failedCheck(error));
          throw new ProviderUnavailable(OIDC, 'its keys cannot be used');
        }
      },
    };
  },
};

async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new ProviderUnavailable(OIDC, slow(limitMs))), limitMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
