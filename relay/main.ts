// The relay's process: environment, signals, listening and exit. Nothing else in relay/ knows the process.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../shared/errors.ts';
import { createLogger, logDestination } from '../shared/log.ts';
import { createRedisClient } from '../shared/redis.ts';
import { logConnectionFaults } from '../shared/redis-fault.ts';
import { type RelayConfig, readRelayConfig } from './config.ts';
import { createRelay } from './create-relay.ts';
import { googleCredentials } from './google/credentials.ts';
import { desktopPlugin } from './http/pages/desktop-page.ts';
import { watchKeys } from './identity/key-ring.ts';
import { type KeySource, keyFile } from './identity/key-source.ts';
import { SECRET_SCOPE, secretManagerKeys, secretName } from './identity/secret-manager-source.ts';
import { LIMITS, SHUTDOWN_MAX_MS } from './limits.ts';
import { RelayMetrics } from './metrics/metrics.ts';
import { serveMetrics } from './metrics/server.ts';
import { outboundAgent } from './outbound-http/outbound-agent.ts';
import { startWarnings } from './start-warnings.ts';

/** What the build put beside the bundle. */
const besideBundle = (name: string) => fileURLToPath(new URL(`./${name}`, import.meta.url));

function keySource({ projectId, jwtSecretKeyPath, jwtSecretName }: RelayConfig): KeySource {
  const secret = jwtSecretName && secretName(jwtSecretName, projectId);
  if (!secret) return keyFile(jwtSecretKeyPath);
  return secretManagerKeys({ secret, credentials: googleCredentials(projectId, SECRET_SCOPE) });
}

function adminTokenSource({ projectId, adminTokenPath, adminTokenName }: RelayConfig): KeySource | undefined {
  const secret = adminTokenName && secretName(adminTokenName, projectId);
  if (!secret) return adminTokenPath === undefined ? undefined : keyFile(adminTokenPath, 'ADMIN_TOKEN_PATH');
  const credentials = googleCredentials(projectId, SECRET_SCOPE);
  return secretManagerKeys({ secret, credentials, variable: 'ADMIN_TOKEN_NAME' });
}

async function main(): Promise<void> {
  const config = readRelayConfig(process.env);
  const logger = createLogger('relay', config.logLevel, logDestination(config.loggingFile));
  const keys = await watchKeys({
    source: keySource(config),
    graceMs: config.jwtLifetimeSeconds * 1000,
    sessionMs: config.sessionMaxSeconds * 1000,
    logger,
  });
  const adminSource = adminTokenSource(config);
  const adminToken =
    adminSource && (await watchKeys({ source: adminSource, graceMs: 0, what: 'admin token', logger }));

  for (const warning of startWarnings(config)) logger.warn(warning);

  const redis = createRedisClient(config);
  logConnectionFaults(redis, config, logger);
  // Starts without Redis too: /ready says so until it answers, and the connection is retried.
  redis.connect().catch(() => {});
  const metrics = config.metricsPort === undefined ? undefined : new RelayMetrics();
  const relay = await createRelay({
    config,
    limits: LIMITS,
    logger,
    redis,
    keyRing: keys.ring,
    lookForKeys: keys.look,
    credentials: googleCredentials(config.projectId),
    providerDispatcher: outboundAgent(),
    clientScript: await readFile(besideBundle('client.js'), 'utf8'),
    adminToken,
    metrics,
    desktop: config.desktop ? desktopPlugin({ directory: besideBundle('desktop/') }) : undefined,
  });
  logger.info({ port: await relay.listen(config.port) }, 'listening');
  if (metrics) await serveMetrics(metrics.registry, config.metricsPort ?? 0);

  const stop = (signal: NodeJS.Signals) => {
    logger.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), SHUTDOWN_MAX_MS).unref();
    relay.close().then(
      () => process.exit(0),
      (err: unknown) => {
        logger.error({ err }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((error: unknown) => {
  // A wrong configuration is the operator's to mend: its message says all, a stack would hide it.
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
});
