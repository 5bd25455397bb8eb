// The relay's process: environment, signals, listening and exit. Nothing else in relay/ knows the process.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createLogger, logDestination } from '../shared/log.ts';
import { createRedisClient } from '../shared/redis.ts';
import { logConnectionFaults } from '../shared/redis-fault.ts';
import { startFailure } from '../shared/start-failure.ts';
import { readRelayConfig } from './config.ts';
import { createRelay } from './create-relay.ts';
import { googleCredentials } from './google/credentials.ts';
import { desktopPlugin } from './http/pages/desktop-page.ts';
import { watchKeys } from './identity/rotation/key-ring.ts';
import type { KeySource } from './identity/rotation/key-source.ts';
import { LIMITS, SHUTDOWN_MAX_MS } from './limits.ts';
import { createMetrics } from './metrics/create-metrics.ts';
import { serveMetrics } from './metrics/server.ts';
import { outboundAgent } from './outbound-http/outbound-agent.ts';
import { keySources } from './secret-manager/key-sources.ts';
import type { AccessSecret } from './secret-manager/secret-access.ts';
import { googleIdTokens } from './service-callers/google-id-tokens.ts';
import { startWarnings } from './start-warnings.ts';

/** What the build put beside the bundle. */
const besideBundle = (name: string) => fileURLToPath(new URL(`./${name}`, import.meta.url));

/** Loads Google's client for secrets from a bundle of its own. */
async function loadSecretAccess(projectId: string): Promise<AccessSecret> {
  const bundle = new URL('./secret-manager.cjs', import.meta.url).href;
  const { googleSecretAccess }: typeof import('./secret-manager/secret-access.ts') = await import(bundle);
  return googleSecretAccess(projectId, LIMITS.secretManager);
}

async function main(): Promise<void> {
  // Google's libraries would write what they send and receive to the log, tokens and secrets included.
  delete process.env.GOOGLE_SDK_NODE_LOGGING;
  const config = readRelayConfig(process.env);
  const logger = createLogger('relay', config.logLevel, logDestination(config.loggingFile));
  const sources = await keySources(config, () => loadSecretAccess(config.projectId));
  const keys = await watchKeys({
    source: sources.signing,
    limits: LIMITS.identity,
    graceMs: config.jwtLifetimeSeconds * 1000,
    sessionMs: config.sessionMaxSeconds * 1000,
    now: Date.now,
    logger,
  });
  const watchToken = async (source: KeySource | undefined, what: string) =>
    source && watchKeys({ source, limits: LIMITS.identity, graceMs: 0, what, now: Date.now, logger });
  const adminToken = await watchToken(sources.admin, 'admin token');
  const trustToken = await watchToken(sources.five9, 'trust token of Five9');

  for (const warning of startWarnings(config)) logger.warn(warning);

  const redis = createRedisClient(config);
  logConnectionFaults(redis, config, logger);
  // Starts without Redis too: /ready says so until it answers, and the connection is retried.
  redis.connect().catch(() => {});
  const metrics = config.metricsPort ? await createMetrics(besideBundle('package.json')) : undefined;
  const relay = await createRelay({
    config,
    limits: LIMITS,
    logger,
    redis,
    keyRing: keys.ring,
    pollKeys: keys.poll,
    credentials: googleCredentials(config.projectId),
    providerDispatcher: outboundAgent(),
    clientScript: await readFile(besideBundle('client.js'), 'utf8'),
    adminToken,
    trustToken,
    verifyIdToken: googleIdTokens(LIMITS.serviceCallers),
    now: Date.now,
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
  // A wrong configuration or a used port is the operator's to mend: a sentence says all, a stack would hide it.
  console.error(startFailure(error, process.env));
  process.exit(1);
});
