import type { Dispatcher } from 'undici';
import type { Logger } from '../../shared/log.ts';
import type { Identity } from '../identity/identity.ts';
import type { SharedSecret } from '../identity/rotation/shared-secret.ts';
import type { ProviderLimits } from './limits.ts';

/**
 * Decides who may register. A user shows a credential to `/register`; an application shows the JSON body of
 * `/register-app`.
 */
export interface IdentityProvider<Shown = string> {
  /**
   * The `iss` of the JWTs that this provider issues. A JWT with one of them goes to it, whatever the caller asks for.
   */
  issuers?: readonly string[];
  /**
   * @param shown a credential without `Bearer ` and free of white space, empty when there is none; or the JSON body.
   * @param named the provider that the caller asks for, `?provider=`, of any type. Only a choice of several reads it.
   * @returns whom it belongs to, or `undefined` when it is not to be trusted.
   * @throws {ProviderUnavailable} when the provider cannot tell right now. No error may hold what was shown.
   */
  verify(shown: Shown, named?: unknown): Promise<Identity | undefined>;
}

/** What an application shows: a JSON object that nobody has checked. */
export type ApplicationBody = Readonly<Record<string, unknown>>;

/** What a provider works with. */
export interface ProviderContext {
  /** Carries the calls to providers. */
  dispatcher: Dispatcher;
  logger: Logger;
  limits: ProviderLimits;
  /** The secret that Five9's adapter shows. */
  trustToken?: SharedSecret | undefined;
}

/** A value of AUTH_OPTION or APP_AUTH_OPTION: how its provider is made of the settings `C` that it reads. */
export interface ProviderKind<C, Shown = string> {
  /** True when a credential does not tell who issued it, so that any text might be one. */
  opaque: boolean;
  /** What is missing in these settings, as sentences that start with a variable's name. */
  faults(config: C): string[];
  create(config: C, context: ProviderContext): IdentityProvider<Shown>;
}

/** The provider cannot be asked right now. The caller may try again. */
export class ProviderUnavailable extends Error {
  override readonly name = 'ProviderUnavailable';

  /** @param reason a few words about the failure, free of the credential and of the URL. */
  constructor(provider: string, reason: string) {
    super(`${provider}: ${reason}`);
  }
}
