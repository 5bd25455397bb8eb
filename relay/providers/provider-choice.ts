import type { Identity } from '../identity/identity.ts';
import { PROVIDER_CREDENTIAL_MAX_CHARS } from './limits.ts';
import type { AuthProvider } from './provider.ts';

/** Everybody whom AUTH_OPTION names. */
export interface Providers {
  /**
   * @param authorization the `Authorization` header exactly as it came, with or without `Bearer `; empty when absent.
   * @param named the provider that the caller asks for, `?provider=`, of any type.
   * @throws {ProviderUnavailable} see {@link AuthProvider.verify}.
   */
  verify(authorization: string, named?: unknown): Promise<Identity | undefined>;
}

/** A provider under all the names that AUTH_OPTION gives it. */
export interface Candidate {
  names: readonly string[];
  opaque: boolean;
  provider: AuthProvider;
}

const BEARER = /^bearer(?:\s+|$)/i;

/** What may be in a token, in a JWT as well as in an opaque one: no space, nothing that could end a header. */
const CREDENTIAL = /^[\x21-\x7e]+$/;

/**
 * The providers as one. Which of them is asked is settled before any is called, so that a credential never reaches
 * another than its own: by the issuer that a JWT names, else by the name that the caller gives, else it is the only
 * one whose credentials are opaque. Where that leads to none, the caller is refused.
 */
export function chooseAmong(candidates: readonly Candidate[]): Providers {
  const opaque = candidates.filter((candidate) => candidate.opaque);

  function choose(credential: string, named: unknown): AuthProvider | undefined {
    const issuer = issuerOf(credential);
    const claimant =
      issuer === undefined
        ? undefined
        : candidates.find(({ provider }) => provider.issuers?.includes(issuer) === true);
    if (claimant !== undefined) return claimant.provider;
    if (named !== undefined) {
      return candidates.find(({ names }) => typeof named === 'string' && names.includes(named))?.provider;
    }
    // A JWT of an issuer whom nobody knows is not opaque: it is somebody else's, and is shown to no one.
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

/** The `iss` of a signed JWT (RFC 7519, 4.1.1), unverified; an encrypted one shows none and counts as opaque. */
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
