/** What kept a connection from its authentication. */
export type RedisIamFault =
  /** The metadata server has given no token. */
  | 'no-token'
  /** Redis knows no authentication. */
  | 'not-asked'
  /** Redis does not accept the token. */
  | 'refused';

/** A new connection to Redis could not authenticate with an access token. No message holds the token. */
export class RedisIamError extends Error {
  override readonly name = 'RedisIamError';
  readonly fault: RedisIamFault;

  constructor(fault: RedisIamFault, message: string) {
    super(message);
    this.fault = fault;
  }
}

/**
 * The fault in words, with the remedy.
 *
 * @param redis such as `Redis at HOST:PORT`.
 */
export function iamFaultText({ fault, message }: RedisIamError, redis: string): string {
  if (fault === 'no-token')
    return `no access token for ${redis}: ${message}. REDIS_AUTH_MODE=iam needs Google Cloud and a service account`;
  if (fault === 'not-asked') return `${redis} has no IAM authentication: leave REDIS_AUTH_MODE out`;
  return (
    `${redis} does not accept the access token: give the service account the role roles/redis.dbConnectionUser, ` +
    'or for Valkey roles/memorystore.dbConnectionUser'
  );
}
