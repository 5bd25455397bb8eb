import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey, type RemoteJWKSet } from 'jose';
import { type ProviderContext, ProviderUnavailable } from '../provider.ts';
import { jsonFields } from '../provider-answer.ts';
import { ProviderClient } from '../provider-client.ts';

/** The provider's name in logs. */
export const OIDC = 'oidc';

/**
 * The keys of an issuer, found by its discovery document and kept. They are read again when they are old, and when a
 * token names a key that is not among them, at most once every `oidcKeysCooldownMs`: anybody can make up such a token.
 *
 * The returned function throws {@link ProviderUnavailable} when there are no keys. A fault that only an operator can
 * fix is also logged as an error, once until it changes.
 *
 * Source: OpenID Connect Discovery 1.0, section 4.
 */
export function issuerKeys(issuer: string, context: ProviderContext): JWTVerifyGetKey {
  const client = new ProviderClient(OIDC, context);
  let known: Promise<RemoteJWKSet> | undefined;
  let fault: string | undefined;

  function misconfigured(remedy: string): ProviderUnavailable {
    if (remedy !== fault) context.logger.error({ provider: OIDC }, remedy);
    fault = remedy;
    return new ProviderUnavailable(OIDC, 'OIDC_ISSUER is not right');
  }

  async function read(url: string): Promise<string> {
    const body = await client.ask(url, { method: 'GET', headers: { accept: 'application/json' } });
    if (body === undefined)
      throw misconfigured(`OIDC_ISSUER is not right, or its provider is not: no answer to ${url}`);
    return body;
  }

  async function discover(): Promise<RemoteJWKSet> {
    // The path follows the issuer without its last slash. The comparison below needs the slash.
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const { issuer: named, jwks_uri: keys } = jsonFields(await read(url));
    if (named !== issuer) {
      const found =
        typeof named === 'string' ? `set it to ${named}, if that is yours` : 'its document names none';
      throw misconfigured(`OIDC_ISSUER is not the issuer that ${url} names: ${found}`);
    }
    if (typeof keys !== 'string' || !URL.canParse(keys) || !keys.startsWith('https://')) {
      throw misconfigured(`OIDC_ISSUER has no usable provider: ${url} names no https URL of its keys`);
    }
    fault = undefined;
    return createRemoteJWKSet(new URL(keys), {
      cooldownDuration: context.limits.oidcKeysCooldownMs,
      cacheMaxAge: context.limits.oidcKeysMaxAgeMs,
      [customFetch]: async (address) => new Response(await read(address)),
    });
  }

  async function keySet(): Promise<RemoteJWKSet> {
    known ??= discover();
    try {
      return await known;
    } catch (error) {
      known = undefined;
      throw error;
    }
  }

  // At once, so that a wrong issuer is in the log before the first desktop connects.
  keySet().catch(() => {});

  return async (header, token) => {
    const keys = await keySet();
    try {
      return await keys(header, token);
    } catch (error) {
      // The keys may have moved. Fresh keys are kept: a token that names another key proves nothing.
      if (error instanceof ProviderUnavailable && !keys.fresh) known = undefined;
      throw error;
    }
  };
}
