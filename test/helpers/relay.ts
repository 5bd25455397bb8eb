import { randomBytes } from 'node:crypto';
import { readRelayConfig } from '../../relay/config.ts';
import { createRelay, type Relay, type RelayDeps } from '../../relay/create-relay.ts';
import { NO_CREDENTIALS } from '../../relay/google/credentials.ts';
import { type KeyRing, signingKey } from '../../relay/identity/signing-key.ts';
import { createTokens, type Tokens } from '../../relay/identity/tokens.ts';
import { outboundAgent } from '../../relay/outbound-http/outbound-agent.ts';
import { createLogger } from '../../shared/log.ts';
import { createRedisClient } from '../../shared/redis.ts';
import { TEST_PROJECT, type TestRedis } from './redis.ts';

export interface TestRelay extends Relay {
  url: string;
  port: number;
  tokens: Tokens;
  keyRing: () => KeyRing;
  /** A token that this relay accepts. */
  token: string;
  /** What it has logged so far. */
  log(): string;
}

const key = signingKey(randomBytes(48).toString('base64'));

/** Starts a relay inside this process on a free loopback port; all of one test file sign with the same key. */
export async function startTestRelay(
  redis: Pick<TestRedis, 'env'>,
  env: Record<string, string> = {},
  deps: Partial<
    Pick<
      RelayDeps,
      | 'now'
      | 'connectionAge'
      | 'heartbeatMs'
      | 'keyRing'
      | 'lookForKeys'
      | 'newcomersMax'
      | 'adminToken'
      | 'eraseAfterMs'
      | 'clientScript'
      | 'desktop'
      | 'refusalsPerMinute'
      | 'providerDispatcher'
      | 'metrics'
      | 'authorizerTimes'
    >
  > & {
    /** Takes the lines of the log, which are kept otherwise. */
    onLog?: (line: string) => void;
  } = {},
): Promise<TestRelay> {
  const { keyRing = () => [key] as const, now } = deps;
  let lines = '';
  const config = readRelayConfig({
    GCP_PROJECT_ID: TEST_PROJECT,
    AUTH_OPTION: 'Skip',
    LOG_LEVEL: 'debug',
    ...redis.env,
    ...env,
  });
  const logger = createLogger('relay', config.logLevel, {
    write: (line) => {
      if (deps.onLog) deps.onLog(line);
      else lines += line;
    },
  });
  const connection = createRedisClient(config);
  connection.on('error', () => {});
  await connection.connect();
  const relay = await createRelay({
    config,
    logger,
    redis: connection,
    keyRing,
    lookForKeys: deps.lookForKeys,
    now,
    connectionAge: deps.connectionAge,
    heartbeatMs: deps.heartbeatMs,
    newcomersMax: deps.newcomersMax,
    adminToken: deps.adminToken,
    eraseAfterMs: deps.eraseAfterMs,
    clientScript: deps.clientScript,
    desktop: deps.desktop,
    refusalsPerMinute: deps.refusalsPerMinute,
    providerDispatcher: deps.providerDispatcher ?? outboundAgent(),
    metrics: deps.metrics,
    authorizerTimes: deps.authorizerTimes,
    credentials: NO_CREDENTIALS,
  });
  const port = await relay.listen(0, '127.0.0.1');
  const tokens = createTokens({
    projectId: TEST_PROJECT,
    lifetimeSeconds: config.jwtLifetimeSeconds,
    keyRing,
    now,
  });
  return {
    ...relay,
    port,
    url: `http://127.0.0.1:${port}`,
    tokens,
    keyRing,
    token: tokens.issue('test:agent', 'agent@example.com'),
    log: () => lines,
    close: async () => {
      await relay.close();
      connection.disconnect();
    },
  };
}
