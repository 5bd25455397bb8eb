import type { RelayConfig } from './config.ts';

export type WarnedOf = Pick<
  RelayConfig,
  | 'allowedOrigins'
  | 'authOptions'
  | 'authorizerOnFailure'
  | 'authorizerUrl'
  | 'cloudRunService'
  | 'genesysAnyOrganization'
  | 'oidcConversationsClaim'
  | 'redisAuth'
  | 'redisTlsCa'
  | 'redisSecurity'
>;

/** What whoever runs the relay should know of a configuration that works, one line for the log each. */
export function startWarnings(config: WarnedOf): string[] {
  const warnings: string[] = [];
  if (config.allowedOrigins === undefined) {
    warnings.push(
      'CORS_ALLOWED_ORIGINS is not set: pages of any origin may use the relay. Set it to the origins of the desktops',
    );
  }
  if (config.authOptions.includes('Skip')) {
    const who =
      config.cloudRunService === undefined
        ? 'whoever reaches the relay'
        : 'the whole internet (AUTH_SKIP_ON_CLOUD_RUN)';
    warnings.push(
      `AUTH_OPTION is Skip: ${who} may read every conversation. Set it to the provider of the agents`,
    );
  }
  if (config.authOptions.includes('GenesysCloud') && config.genesysAnyOrganization === true) {
    warnings.push(
      'GENESYS_CLOUD_ANY_ORGANIZATION is set: users of every Genesys customer in the region may read every ' +
        'conversation. Set GENESYS_CLOUD_ORGANIZATION_ID instead',
    );
  }
  const access = accessWarning(config);
  if (access !== undefined) warnings.push(access);
  const exposed = exposedOfRedis(config);
  if (exposed !== undefined) {
    warnings.push(
      `REDIS_SECURITY is plain: ${exposed}. Set it to tls-auth, unless the Genesys Cloud audiohook has to read this Redis`,
    );
  }
  return warnings;
}

function accessWarning(config: WarnedOf): string | undefined {
  const { authOptions, authorizerUrl, authorizerOnFailure, oidcConversationsClaim } = config;
  // Whom Skip lets in is said above; an OIDC token may have a list of its own.
  const isOpen = authOptions.some(
    (option) => option !== 'Skip' && (option !== 'OIDC' || oidcConversationsClaim === undefined),
  );
  if (authorizerUrl === undefined && isOpen) {
    return 'AUTHORIZER_URL is not set: every agent may see every conversation of the project. See docs/access.md';
  }
  if (authorizerUrl !== undefined && authorizerOnFailure === 'allow') {
    return 'AUTHORIZER_ON_FAILURE is allow: while the authorizer does not answer, every agent may see every conversation';
  }
  return undefined;
}

/** What the connection to Redis leaves open; nothing where it has both TLS and a password, whatever is demanded. */
function exposedOfRedis({ redisSecurity, redisAuth, redisTlsCa }: WarnedOf): string | undefined {
  const isAsked = redisAuth !== undefined;
  const isEncrypted = redisTlsCa !== undefined;
  if (redisSecurity === 'tls-auth' || (isAsked && isEncrypted)) return undefined;
  if (isEncrypted)
    return 'without REDIS_AUTH, whoever reaches Redis reads what is said and writes to desktops';
  if (isAsked)
    return 'without REDIS_TLS_CA, whoever listens in on the network reads what is said, and the password';
  return 'whoever reaches Redis, or listens in on the network, reads what is said and writes to desktops';
}
