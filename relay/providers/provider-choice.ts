import type { Logger } from '../../shared/log.ts';
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
export function chooseAmong(candidates: readonly NamedProvider[], logger?: Logger): IdentityProvider {
  const opaque = candidates.filter((candidate) => candidate.opaque);
  const issuers = candidates.flatMap(({ provider }) => provider.issuers ?? []);

  /** The provider; or why there is none, in words that hold nothing of the credential. */
  function choose(credential: string, named: unknown): IdentityProvider | string {
    const issuer = issuerOf(credential);
    const claimant =
      issuer === undefined
        ? undefined
        : candidates.find(({ provider }) => provider.issuers?.includes(issuer) === true);
    if (claimant !== undefined) return claimant.provider;
    if (named !== undefined) {
      const asked = candidates.find(({ names }) => typeof named === 'string' && names.includes(named));
      return asked?.provider ?? 'provider: AUTH_OPTION does not have the one that the caller names';
    }
    // A JWT of an unknown issuer is not opaque. It belongs to another provider, and is shown to none.
    if (issuer !== undefined) return faultOf(issuer, issuers);
    const [only] = opaque;
    if (only === undefined) return 'format: no JWT with an issuer, which AUTH_OPTION asks for';
    return opaque.length === 1 ? only.provider : 'provider: the caller names none of several providers';
  }

  function refuse(reason: string): undefined {
    logger?.info({ reason }, 'registration refused');
  }

  return {
    async verify(authorization, named) {
      const credential = authorization.trim().replace(BEARER, '');
      if (credential === '') return refuse('no credential');
      if (credential.length > PROVIDER_CREDENTIAL_MAX_CHARS) {
        return refuse(`format: a credential of more than ${PROVIDER_CREDENTIAL_MAX_CHARS} characters`);
      }
      if (!CREDENTIAL.test(credential)) return refuse('format: the credential has characters of no token');
      const chosen = choose(credential, named);
      return typeof chosen === 'string' ? refuse(chosen) : chosen.verify(credential);
    },
  };
}

/** Desktops and settings often differ in the slash at the end. */
function faultOf(issuer: string, issuers: readonly string[]): string {
  const isAlike = [issuer.replace(/\/$/, ''), `${issuer}/`].some((alike) => issuers.includes(alike));
  return isAlike
    ? 'issuer: the iss of the token differs from the configured issuer in the slash at the end'
    : 'issuer: no provider of AUTH_OPTION has the iss of the token';
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
