import type { Dispatcher } from 'undici';
import type { Logger } from '../../shared/log.ts';
import type { Identity } from '../identity/identity.ts';
import type { ProviderLimits } from './limits.ts';

/**
 * Decides who may register. To let in one's own users, write one of these with its {@link ProviderKind} and add that to
 * the table in `providers.ts`.
 */
export interface AuthProvider {
  /** The `iss` of the JWTs that this provider issues: with one of them it is chosen, whatever the caller asks for. */
  issuers?: readonly string[];
  /**
   * @param credential the caller's, without `Bearer ` and free of white space; empty when there is none.
   * @returns whom it belongs to, or `undefined` when it is not to be trusted.
   * @throws {ProviderUnavailable} when that cannot be told right now. No error may hold the credential.
   */
  verify(credential: string): Promise<Identity | undefined>;
}

/** Like {@link AuthProvider}, for applications that show their own credentials in the body of `/register-app`. */
export interface AppAuthProvider {
  /** @param body a JSON object from a stranger. */
  verify(body: Readonly<Record<string, unknown>>): Promise<Identity | undefined>;
}

/** What a provider works with. */
export interface ProviderContext {
  /** Carries the calls to providers. */
  dispatcher: Dispatcher;
  logger: Logger;
  limits: ProviderLimits;
}

/** A value of AUTH_OPTION: how its provider is made, of the settings `C` that it reads. */
export interface ProviderKind<C> {
  /** True when the credentials tell nothing about who issued them, so that any text might be one. */
  opaque: boolean;
  /** What keeps it from working with these settings, as sentences that start with a variable's name. */
  faults(config: C): string[];
  create(config: C, context: ProviderContext): AuthProvider;
}

/** The provider cannot be asked right now: the caller is neither right nor wrong, and may try again. */
export class ProviderUnavailable extends Error {
  override readonly name = 'ProviderUnavailable';

  /** @param reason a word or two about the failure, free of the credential and of the URL. */
  constructor(provider: string, reason: string) {
    super(`${provider}: ${reason}`);
  }
}
