import { accessWarning, type WarnedAccess } from './access/start-warning.ts';
import type { RelayConfig } from './config.ts';
import { listsConversations, providerWarnings, type WarnedProviders } from './providers/start-warnings.ts';

type WarnedRedis = Pick<RelayConfig, 'redisAuth' | 'redisAuthMode' | 'redisTlsCa' | 'redisSecurity'>;
export type WarnedOf = WarnedProviders & WarnedAccess & WarnedRedis & Pick<RelayConfig, 'allowedOrigins'>;

/** What an operator should know of a configuration that works: one line of the log for each. */
export function startWarnings(config: WarnedOf): string[] {
  const warnings = [
    config.allowedOrigins === undefined
      ? 'CORS_ALLOWED_ORIGINS is not set: pages of any origin may use the relay. Set it to the origins of the desktops'
      : undefined,
    ...providerWarnings(config),
    accessWarning(config, listsConversations(config)),
    redisWarning(config),
  ];
  return warnings.filter((warning) => warning !== undefined);
}

function redisWarning(config: WarnedRedis): string | undefined {
  const exposed = exposedOfRedis(config);
  if (exposed === undefined) return undefined;
  return `REDIS_SECURITY is plain: ${exposed}. Set it to tls-auth, unless the Genesys Cloud audiohook has to read this Redis`;
}

/** What the connection to Redis exposes: nothing with both TLS and a password, whatever REDIS_SECURITY demands. */
function exposedOfRedis(config: WarnedRedis): string | undefined {
  const { redisSecurity, redisAuth, redisAuthMode, redisTlsCa } = config;
  const isAsked = redisAuth !== undefined || redisAuthMode === 'iam';
  const isEncrypted = redisTlsCa !== undefined;
  if (redisSecurity === 'tls-auth' || (isAsked && isEncrypted)) return undefined;
  if (isEncrypted)
    return 'without REDIS_AUTH, anybody who reaches Redis can read what is said and write to desktops';
  if (isAsked)
    return 'without REDIS_TLS_CA, anybody who listens in on the network can read what is said, and the password';
  return 'anybody who reaches Redis, or listens in on the network, can read what is said and write to desktops';
}
