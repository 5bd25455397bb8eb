/** What somebody is to the conversations: a supervisor reads and listens, and changes nothing. */
export const ROLES = ['agent', 'supervisor'] as const;

export type Role = (typeof ROLES)[number];

/** Whom a provider recognised. */
export interface Identity {
  /**
   * The `sub` of the token that is issued. Unique over all providers, so it starts with the provider's name:
   * `genesys:ORGANIZATION:USER`. It holds what the provider said, never what the caller said of itself.
   */
  subject: string;
  /** What the provider says that they are, where it was asked. */
  role?: Role;
  /** The conversations that the provider lets them see, as names that are not yet checked; absent where it was not asked. */
  conversations?: readonly string[];
  /** When the provider said so, in seconds since 1970; absent where it was asked just now. */
  vouchedAt?: number;
}
