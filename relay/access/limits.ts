// The limits of the authorizer, of revocations and of what expired tokens may go on with.

/**
 * Longest time for which tokens that are issued later can be revoked, in seconds: a week, the longest that a session
 * may last.
 */
export const BLOCK_MAX_SECONDS = 7 * 24 * 60 * 60;

export const ACCESS_LIMITS = {
  /** How long the authorizer may take, in milliseconds. A desktop waits for every answer. */
  authorizerTimeoutMs: 2_000,
  /** How long an answer of the authorizer is used again, in milliseconds. A change takes effect within this time. */
  authorizerCacheMs: 60_000,
  /** Answers that are kept at most, of about 300 bytes each: 1,000 agents with 50 conversations each. */
  authorizerCacheMax: 50_000,
  /** Largest answer of the authorizer that is read, in bytes. It needs fewer than 100. */
  authorizerAnswerMaxBytes: 16 * 1024,
  /** Connections to the authorizer at most. At 20 ms an answer these are 1,600 answers a second. */
  authorizerConnections: 32,
  /**
   * Conversations that an expired token may go on with at most, the latest that it joined: as many as two connections
   * may have joined.
   */
  resumableMax: 100,
};

export type AccessLimits = Readonly<typeof ACCESS_LIMITS>;
