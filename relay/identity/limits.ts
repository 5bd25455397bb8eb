// The limits of tokens and of the keys that sign them.

/** Longest token that is looked at, in characters. The longest that the relay issues has fewer than 3,000. */
export const TOKEN_MAX_CHARS = 8_192;

/** Longest user name in a token, in characters. The rest is cut off: nothing is decided by it. */
export const USER_MAX_CHARS = 256;

/** Longest list of a user's conversations in a token, in bytes of JSON. It leaves a token below the longest one. */
export const CONVERSATIONS_CLAIM_MAX_BYTES = 4_096;

/** Shortest signing key, in bytes: the length of HS256's hash (RFC 7518, 3.2). A shorter key can be guessed offline. */
export const SIGNING_KEY_MIN_BYTES = 32;

/** How far ahead a token's time of issue may be, in seconds: the clocks of the relays that issue tokens differ. */
export const CLOCK_SKEW_SECONDS = 60;

export const IDENTITY_LIMITS = {
  /**
   * How often the source of a key is read, in milliseconds. A new key signs after two intervals. Cloud Run fetches a
   * mounted secret again at every read, so this is 2,880 accesses a day.
   */
  keyPollMs: 30_000,
  /** Shortest time between two reads that forged tokens of unknown keys can cause, in milliseconds. */
  unknownKeyReadEveryMs: 5_000,
};

export type IdentityLimits = Readonly<typeof IDENTITY_LIMITS>;
