/** Whom a provider recognised. */
export interface Identity {
  /**
   * The `sub` of the token that is issued. Unique over all providers, so it starts with the provider's name:
   * `genesys:ORGANIZATION:USER`.
   */
  subject: string;
}

/**
 * Decides who may register. To let in one's own users, write one of these and add it to the table in `providers.ts`.
 * A provider that stands for several is a provider, too.
 */
export interface AuthProvider {
  /**
   * @param authorization the `Authorization` header exactly as it came, with or without `Bearer `; empty when absent.
   * @returns whom it belongs to, or `undefined` when it is not to be trusted.
   */
  verify(authorization: string): Promise<Identity | undefined>;
}
