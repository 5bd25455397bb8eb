export const ADMIN_LIMITS = {
  /** How often a relay polls for new revocations, in milliseconds. It closes revoked connections within 2 s. */
  revocationPollMs: 500,
  /**
   * Time between the closing of a conversation's connections and its erasure, in milliseconds. By then every relay has
   * polled, and connections that answer a close have stored their positions.
   */
  eraseAfterMs: 2_000,
  /** Keys that Redis looks at in one step of a scan. Other commands run between two steps. */
  scanCount: 1_000,
};

export type AdminLimits = Readonly<typeof ADMIN_LIMITS>;
