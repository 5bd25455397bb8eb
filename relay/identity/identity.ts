/** What an agent or a supervisor may do: a supervisor reads and listens, and changes nothing. */
export const ROLES = ['agent', 'supervisor'] as const;

export type Role = (typeof ROLES)[number];

/** The user that a provider has verified. */
export interface Identity {
  /**
   * The `sub` of the token that is issued. It is unique over all providers, so it starts with the provider's name:
   * `genesys:ORGANIZATION:USER`. It holds what the provider said, never what the caller said of itself.
   */
  subject: string;
  /** The role that the provider gives, where it was asked for one. */
  role?: Role;
  /** The conversations that the provider lets the user see, by names not yet checked. Absent where it was not asked. */
  conversations?: readonly string[];
  /** When the provider vouched for it, in seconds since 1970. Absent where it was asked just now. */
  vouchedAt?: number;
}
