import { PROVIDER_CREDENTIAL_MAX_CHARS } from './limits.ts';
import type { IdentityProvider } from './provider.ts';

const BEARER = /^bearer(?:\s+|$)/i;

/** The characters of a token, a JWT or an opaque one: no space, and nothing that could end a header. */
const CREDENTIAL = /^[\x21-\x7e]+$/;

/** A provider under all the names that AUTH_OPTION gives it. */
interface NamedProvider {
  names: readonly string[];
  opaque: boolean;
  provider: IdentityProvider;
}

/**
 * The providers as one, which is shown the `Authorization` header as it came, with or without `Bearer `.
 *
 * The choice is made before any provider is called, so that a credential reaches its own provider only. It is the
 * provider of the issuer that a JWT names, else the one that the caller names, else the only one whose credentials are
 * opaque. Without any of these the caller is refused.
 */
export function chooseAmong(candidates: readonly NamedProvider[]): IdentityProvider {
  const opaque = candidates.filter((candidate) => candidate.opaque);

  function choose(credential: string, named: unknown): IdentityProvider | undefined {
    const issuer = issuerOf(credential);
    const claimant =
      issuer === undefined
        ? undefined
        : candidates.find(({ provider }) => provider.issuers?.includes(issuer) === true);
    if (claimant !== undefined) return claimant.provider;
    if (named !== undefined) {
      return candidates.find(({ names }) => typeof named === 'string' && names.includes(named))?.provider;
    }
    // A JWT of an unknown issuer is not opaque. It belongs to another provider, and is shown to none.
    return issuer === undefined && opaque.length === 1 ? opaque[0]?.provider : undefined;
  }

  return {
    async verify(authorization, named) {
      const credential = authorization.trim().replace(BEARER, '');
      if (credential.length > PROVIDER_CREDENTIAL_MAX_CHARS || !CREDENTIAL.test(credential)) return undefined;
      return choose(credential, named)?.verify(credential);
    },
  };
}

/** The unverified `iss` of a signed JWT (RFC 7519, 4.1.1). An encrypted JWT shows none and counts as opaque. */
function issuerOf(credential: string): string | undefined {
  const [, payload = '', signature, ...more] = credential.split('.');
  if (signature === undefined || more.length > 0) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const hasIssuer = typeof claims === 'object' && claims !== null && 'iss' in claims;
    return hasIssuer && typeof claims.iss === 'string' ? claims.iss : undefined;
  } catch {
    return undefined;
  }
}
