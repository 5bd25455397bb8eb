import type { Logger } from './log.ts';
import { createRedis, isCluster, type Redis, type RedisConfig, type RedisNode, startNodes } from './redis.ts';
import { iamFaultText, RedisIamError } from './redis-iam-error.ts';
import { RepeatedLines } from './repeated-lines.ts';

/** Logs whatever goes wrong with the connections of a client, for as long as it lives. */
export function logConnectionFaults(redis: Redis, config: RedisConfig, logger: Logger): void {
  let hasWorked = false;
  redis.once('ready', () => {
    hasWorked = true;
  });
  const hint = (err: unknown) => (hasWorked ? '' : tlsHint(err, config));
  if (!isCluster(redis)) {
    logNodeFaults(redis, logger, hint);
    return;
  }
  redis.on('node error', (err: unknown, address: string) => logFault(err, address, logger, hint));
  // Of a cluster that cannot be reached ioredis says only that a connection was closed, not why: one of its own tells.
  redis.on('error', () => {
    const trial = createRedis(config, { ...startNodes(config)[0], retryStrategy: () => null });
    logNodeFaults(trial, logger, hint);
    trial.connect().then(
      () => trial.disconnect(),
      () => {},
    );
  });
}

/**
 * Logs whatever goes wrong with one connection, for as long as it lives.
 *
 * @param hint adds to what is known of an error.
 */
export function logNodeFaults(
  redis: RedisNode,
  logger: Logger,
  hint: (err: unknown) => string = () => '',
): void {
  redis.on('error', (err) => logFault(err, addressOf(redis), logger, hint));
  redis.on('ready', () => linesOf(logger).forget());
}

/** A process has several connections, and each tries again several times a second. */
const lines = new WeakMap<Logger, RepeatedLines>();

function linesOf(logger: Logger): RepeatedLines {
  const known = lines.get(logger) ?? new RepeatedLines();
  lines.set(logger, known);
  return known;
}

/** `HOST:PORT` of the server of a connection. */
export function addressOf({ options: { host = '', port } }: RedisNode): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function logFault(err: unknown, address: string, logger: Logger, hint: (err: unknown) => string): void {
  const line = `${connectionFault(err, address)}${hint(err)} (trying again)`;
  const heldBack = linesOf(logger).heldBack(line, Date.now());
  if (heldBack !== undefined) logger.warn(heldBack === 0 ? { err } : { err, count: heldBack + 1 }, line);
}

/**
 * What went wrong with a connection to Redis, for the log: with the variable to look at where the error tells one.
 *
 * @param address `HOST:PORT` of Redis.
 */
export function connectionFault(error: unknown, address: string): string {
  const { message = '', code = '' } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  const redis = `Redis at ${address}`;
  if (error instanceof RedisIamError) return iamFaultText(error, redis);
  if (/^WRONGPASS\b/.test(message)) return `${redis} does not accept REDIS_AUTH`;
  if (/^NOAUTH\b/.test(message)) return `${redis} wants a password: set REDIS_AUTH`;
  if (/cluster support disabled/.test(message)) return `${redis} is not a cluster: leave REDIS_CLUSTER out`;
  if (CERTIFICATE_FAULTS.has(code))
    return `REDIS_TLS_CA is not the authority that signed the certificate of ${redis}`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `the certificate of ${redis} is not for the name or address in REDISHOST`;
  if (code === 'ECONNREFUSED') return `${redis} refuses connections`;
  if (UNKNOWN_NAME.has(code)) return `no address is found for ${redis}: is REDISHOST right?`;
  if (UNREACHABLE.has(code) || /timed? ?out/i.test(message)) return `${redis} does not answer`;
  if (CUT_OFF.has(code) || /closed/.test(message)) return `${redis} has closed the connection`;
  return `the connection to ${redis} failed`;
}

const UNKNOWN_NAME = new Set(['ENOTFOUND', 'EAI_AGAIN']);
const UNREACHABLE = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);
const CUT_OFF = new Set(['ECONNRESET', 'EPIPE']);

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
  const isSilent = CUT_OFF.has(code) || code === 'ETIMEDOUT' || /closed|timed? ?out/i.test(message);
  if (!isSilent && code !== 'EPROTO' && !code.startsWith('ERR_SSL_')) return '';
  return redisTlsCa === undefined
    ? ': if Redis takes TLS only, set REDIS_TLS_CA'
    : ': if Redis does not take TLS, leave REDIS_TLS_CA out';
}
