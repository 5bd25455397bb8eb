// The limits of what identity providers are asked, and of what is taken from them.

/**
 * Longest credential that is shown to a provider, in characters. Entra writes at most 200 groups into a token, which
 * then has 12,400. The rest of Node's 16 KiB for headers is left to a browser's other headers.
 */
export const PROVIDER_CREDENTIAL_MAX_CHARS = 14 * 1024;

/** Longest name of a user that is taken from a provider, in characters. E-mail addresses have at most 254. */
export const PROVIDER_NAME_MAX_CHARS = 256;

export const PROVIDER_LIMITS = {
  /**
   * How long a provider may take, in milliseconds, from the call to the end of its answer. Providers take less than 1
   * s.
   */
  timeoutMs: 5_000,
  /** Largest answer of a provider that is read, in bytes. A user with all its fields has fewer than 10,000. */
  answerMaxBytes: 64 * 1024,
  /**
   * Calls to one provider under way at most: half of what Cloud Run gives one instance. At the start of a shift hundreds of
   * agents register at once. Together with `timeoutMs` these are 100 a second while the provider hangs.
   */
  callsMax: 500,
  /**
   * How long one answer of an OpenID Connect provider may take, in milliseconds. Its keys serve all callers, so they may
   * take longer than an answer about one caller. A provider under load has been seen to take 6 s.
   */
  oidcReadMs: 10_000,
  /**
   * How long a caller waits for these keys, in milliseconds: for two answers, the discovery document and the keys. The
   * browser client gives up after 30 s.
   */
  oidcWaitMs: 20_000,
  /**
   * Largest answer of an OpenID Connect provider that is read, in bytes. A key has 450 bytes, with its certificates
   * 3,000. Providers that publish a key for each application have hundreds.
   */
  oidcAnswerMaxBytes: 1024 * 1024,
  /**
   * Keys that a token is tried with, where it names none or several have the id that it names. Providers publish up to 5 of
   * a kind. Each costs 0.1 ms, and an address may send 400 forged tokens a second.
   */
  oidcKeysTriedMax: 10,
  /**
   * Age at which the keys of an OpenID Connect provider are read again, in milliseconds. It bounds how long a withdrawn
   * key works.
   */
  oidcKeysMaxAgeMs: 10 * 60_000,
  /**
   * Shortest time between two reads of these keys that tokens of an unknown key cause, in milliseconds. Providers
   * publish a key long before they sign with it, so only forged tokens wait for this.
   */
  oidcKeysCooldownMs: 30_000,
};

export type ProviderLimits = Readonly<typeof PROVIDER_LIMITS>;
