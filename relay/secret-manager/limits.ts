export const SECRET_MANAGER_LIMITS = {
  /**
   * How long Secret Manager may take to answer, in milliseconds. It takes less than 1 s, and the relay's start waits
   * for it.
   */
  timeoutMs: 5_000,
};

export type SecretManagerLimits = Readonly<typeof SECRET_MANAGER_LIMITS>;
