import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTVerifyOptions,
  type JWTVerifyResult,
  jwtVerify,
  type RemoteJWKSet,
} from 'jose';
import {
  BoundedClient,
  NO_ANSWER_IN_TIME,
  OutageError,
  TOO_LARGE,
} from '../../outbound-http/bounded-client.ts';
import { type ProviderContext, ProviderUnavailable } from '../provider.ts';
import { jsonFields } from '../provider-answer.ts';
import { usableKeys } from './usable-keys.ts';

/** The provider's name in logs. */
export const OIDC = 'oidc';

/** @param limitMs how long the provider was waited for. */
export const slow = (limitMs: number): string =>
  `the provider is slow: it has not answered within ${limitMs / 1000} s`;

/**
 * The keys of an issuer, found by its discovery document and kept. All callers wait for the same read. They are read again
 * when they are old, and when a token is signed with a key that is not among them, at most once every
 * `oidcKeysCooldownMs`: anybody can make up such a token.
 *
 * A fault that only an operator can fix is logged as an error, once until it changes.
 *
 * Source: OpenID Connect Discovery 1.0, section 4.
 */
export class IssuerKeys {
  readonly #issuer: string;
  readonly #context: ProviderContext;
  readonly #client: BoundedClient;
  #known: Promise<RemoteJWKSet> | undefined;
  #fault: string | undefined;
  #skipped = 0;

  constructor(issuer: string, context: ProviderContext) {
    this.#issuer = issuer;
    this.#context = context;
    const { dispatcher, limits } = context;
    this.#client = new BoundedClient({
      dispatcher,
      decompress: true,
      tryAgain: true,
      timeoutMs: limits.oidcReadMs,
      answerMaxBytes: limits.oidcAnswerMaxBytes,
      callsMax: limits.callsMax,
    });
    // At once, so that a wrong issuer is in the log before the first desktop connects.
    this.#keySet().catch(() => {});
  }

  /**
   * @throws {ProviderUnavailable} when there are no keys.
   * @throws {errors.JOSEError} when the token is not right.
   */
  async verify(token: string, options: JWTVerifyOptions): Promise<JWTVerifyResult> {
    const keys = await this.#keySet();
    try {
      return await this.#verifyWithEach(keys, token, options);
    } catch (error) {
      // The issuer may have a new key, and tokens that name none or the same one as before.
      if (!(error instanceof errors.JWSSignatureVerificationFailed) || keys.coolingDown) throw error;
      await keys.reload();
      return await this.#verifyWithEach(keys, token, options);
    }
  }

  /** Tries each key that the token may mean: it may name none, and an issuer may give two keys the same id. */
  async #verifyWithEach(
    keys: RemoteJWKSet,
    token: string,
    options: JWTVerifyOptions,
  ): Promise<JWTVerifyResult> {
    try {
      return await jwtVerify(token, keys, options);
    } catch (error) {
      // The keys may have moved. Fresh keys are kept: a token that names another key proves nothing.
      if (error instanceof ProviderUnavailable && !keys.fresh) this.#known = undefined;
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
      let left = this.#context.limits.oidcKeysTriedMax;
      for await (const key of error) {
        if (left-- === 0) break;
        try {
          return await jwtVerify(token, key, options);
        } catch (failure) {
          if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure;
        }
      }
      throw new errors.JWSSignatureVerificationFailed();
    }
  }

  async #keySet(): Promise<RemoteJWKSet> {
    this.#known ??= this.#discover();
    try {
      return await this.#known;
    } catch (error) {
      this.#known = undefined;
      throw error;
    }
  }

  async #discover(): Promise<RemoteJWKSet> {
    const issuer = this.#issuer;
    // The path follows the issuer without its last slash. The comparison below needs the slash.
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const { issuer: named, jwks_uri: keys } = jsonFields(await this.#read(url));
    if (named !== issuer) {
      const found =
        typeof named === 'string' ? `set it to ${named}, if that is yours` : 'its document names none';
      throw this.#misconfigured(`OIDC_ISSUER is not the issuer that ${url} names: ${found}`);
    }
    if (typeof keys !== 'string' || !URL.canParse(keys) || !keys.startsWith('https://')) {
      throw this.#misconfigured(`OIDC_ISSUER has no usable provider: ${url} names no https URL of its keys`);
    }
    this.#fault = undefined;
    const { oidcKeysCooldownMs, oidcKeysMaxAgeMs } = this.#context.limits;
    let failure: { at: number; error: unknown } | undefined;
    const keySet = createRemoteJWKSet(new URL(keys), {
      cooldownDuration: oidcKeysCooldownMs,
      cacheMaxAge: oidcKeysMaxAgeMs,
      [customFetch]: async (address) => {
        // The library counts the cooldown from the last success. A forged token must not make each failure another call.
        if (failure && keySet.fresh && Date.now() < failure.at + oidcKeysCooldownMs) throw failure.error;
        try {
          return Response.json(await this.#readKeys(address));
        } catch (error) {
          failure = { at: Date.now(), error };
          throw error;
        }
      },
    });
    return keySet;
  }

  async #readKeys(url: string) {
    const usable = await usableKeys(await this.#read(url));
    if (usable === undefined || usable.keys.length === 0) {
      const found = usable === undefined ? 'no key set' : `no usable key among ${usable.skipped}`;
      throw this.#misconfigured(
        `OIDC_ISSUER has no usable provider: ${url} has ${found}`,
        'its keys cannot be used',
      );
    }
    const { keys, skipped } = usable;
    if (skipped > 0 && skipped !== this.#skipped) {
      this.#context.logger.info({ provider: OIDC, used: keys.length, skipped }, 'unusable keys skipped');
    }
    this.#skipped = skipped;
    this.#fault = undefined;
    return { keys };
  }

  async #read(url: string): Promise<string> {
    const { oidcReadMs } = this.#context.limits;
    const answer = await this.#client
      .send(url, { method: 'GET', headers: { accept: 'application/json' } })
      .catch((error: unknown) => {
        if (!(error instanceof OutageError)) throw error;
        throw new ProviderUnavailable(
          OIDC,
          error.message === NO_ANSWER_IN_TIME ? slow(oidcReadMs) : error.message,
        );
      });
    if ('body' in answer) return answer.body;
    const { fault } = answer;
    if (fault.startsWith(TOO_LARGE)) {
      throw this.#misconfigured(`the provider of OIDC_ISSUER cannot be used: ${url}: ${fault}`, fault);
    }
    throw this.#misconfigured(`OIDC_ISSUER is not right, or its provider is not: ${url}: ${fault}`);
  }

  #misconfigured(remedy: string, reason = 'OIDC_ISSUER is not right'): ProviderUnavailable {
    if (remedy !== this.#fault) this.#context.logger.error({ provider: OIDC }, remedy);
    this.#fault = remedy;
    return new ProviderUnavailable(OIDC, reason);
  }
}
