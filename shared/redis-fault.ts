import type { Logger } from './log.ts';
import { createRedis, isCluster, type Redis, type RedisConfig, startNodes } from './redis.ts';

/** Logs whatever goes wrong with the connections of a client, for as long as it lives. */
export function logConnectionFaults(redis: Redis, config: RedisConfig, logger: Logger): void {
  let hasWorked = false;
  redis.once('ready', () => {
    hasWorked = true;
  });
  const hint = (err: unknown) => (hasWorked ? '' : tlsHint(err, config));
  const log = (err: unknown) => logger.warn({ err }, `${connectionFault(err)}${hint(err)}`);
  if (!isCluster(redis)) {
    redis.on('error', log);
    return;
  }
  redis.on('node error', log);
  // Of a cluster that cannot be reached ioredis says only that a connection was closed, not why: one of its own tells.
  redis.on('error', () => {
    const trial = createRedis(config, { ...startNodes(config)[0], retryStrategy: () => null });
    trial.on('error', log);
    trial.connect().then(
      () => trial.disconnect(),
      () => {},
    );
  });
}

/** What went wrong with a connection to Redis, for the log: with the variable to look at where the error tells one. */
export function connectionFault(error: unknown): string {
  const { message = '', code = '' } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  if (/^WRONGPASS\b/.test(message)) return 'redis connection: Redis does not accept REDIS_AUTH';
  if (/^NOAUTH\b/.test(message)) return 'redis connection: Redis wants a password: set REDIS_AUTH';
  if (/cluster support disabled/.test(message))
    return 'redis connection: Redis is not a cluster: leave REDIS_CLUSTER out';
  if (CERTIFICATE_FAULTS.has(code))
    return 'redis connection: REDIS_TLS_CA is not the authority that signed the certificate of Redis';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return 'redis connection: the certificate of Redis is not for the name or address in REDISHOST';
  return 'redis connection';
}

// OpenSSL's verification errors, as Node passes them on. Source: Node.js documentation, "X509 certificate error codes".
const CERTIFICATE_FAULTS = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
]);

/**
 * A hint for a connection that has never worked. If only one side speaks TLS, the server hangs up, waits, or answers what
 * the other cannot read, and the error does not tell why.
 */
function tlsHint(error: unknown, { redisTlsCa }: Pick<RedisConfig, 'redisTlsCa'>): string {
  const { message = '', code = '' } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  const isCutOff = CUT_OFF.has(code) || code.startsWith('ERR_SSL_') || /closed|timed? ?out/i.test(message);
  if (!isCutOff) return '';
  return redisTlsCa === undefined
    ? ': if Redis takes TLS only, set REDIS_TLS_CA'
    : ': if Redis does not take TLS, leave REDIS_TLS_CA out';
}

const CUT_OFF = new Set(['ECONNRESET', 'EPIPE', 'EPROTO', 'ETIMEDOUT']);
