import { randomBytes } from 'node:crypto';
import { readRelayConfig } from '../../relay/config.ts';
import { createRelay, type Relay } from '../../relay/create-relay.ts';
import { NO_CREDENTIALS } from '../../relay/google/credentials.ts';
import { type KeyRing, signingKey } from '../../relay/identity/signing-key.ts';
import { createTokens, type Tokens } from '../../relay/identity/tokens.ts';
import { LIMITS, type Limits } from '../../relay/limits.ts';
import { outboundAgent } from '../../relay/outbound-http/outbound-agent.ts';
import type { RelayDeps } from '../../relay/relay-deps.ts';
import { createLogger } from '../../shared/log.ts';
import { createRedisClient, type RedisConfig } from '../../shared/redis.ts';
import { TEST_PROJECT, type TestRedis } from './redis.ts';
import { until } from './until.ts';

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

/** What `createRelay` needs and the helper below does not choose by itself. */
type Parts = Omit<RelayDeps, 'config' | 'limits' | 'logger' | 'redis' | 'credentials'>;

/** Other limits than production's, by layer. */
export type LimitOverrides = { readonly [Layer in keyof Limits]?: Partial<Limits[Layer]> };

export interface RelayOptions extends Partial<Parts> {
  /** Environment variables. */
  settings?: Record<string, string>;
  limits?: LimitOverrides;
  /** Of the relay's own Redis clients, such as `PATIENT`; default production's. */
  redisTimeouts?: RedisConfig['redisTimeouts'];
  /** Takes the lines of the log, which are kept otherwise. */
  onLog?: (line: string) => void;
}

const key = signingKey(randomBytes(48).toString('base64'));

/** Starts a relay inside this process on a free loopback port. All relays of one test file sign with the same key. */
export async function startRelay(
  redis: Pick<TestRedis, 'env'>,
  { settings, limits, redisTimeouts = {}, onLog, ...given }: RelayOptions = {},
): Promise<TestRelay> {
  const parts = { keyRing: () => [key] as const, now: Date.now, ...given };
  let lines = '';
  const read = readRelayConfig({
    GCP_PROJECT_ID: TEST_PROJECT,
    AUTH_OPTION: 'Skip',
    LOG_LEVEL: 'debug',
    ...redis.env,
    ...settings,
  });
  const config = { ...read, redisTimeouts };
  const logger = createLogger('relay', config.logLevel, {
    write: (line) => {
      if (onLog) onLog(line);
      else lines += line;
    },
  });
  const connection = createRedisClient(config);
  connection.on('error', () => {});
  // As in the relay's process: what Redis does not accept in time is tried again.
  connection.connect().catch(() => {});
  await until(() => connection.status === 'ready');
  const relay = await createRelay({
    config,
    logger,
    redis: connection,
    credentials: NO_CREDENTIALS,
    providerDispatcher: outboundAgent(),
    limits: withLimits(limits),
    ...parts,
  });
  const port = await relay.listen(0, '127.0.0.1');
  const { keyRing, now } = parts;
  const lifetimeSeconds = config.jwtLifetimeSeconds;
  const tokens = createTokens({ projectId: TEST_PROJECT, lifetimeSeconds, keyRing, now });
  return {
    ...relay,
    port,
    url: `http://127.0.0.1:${port}`,
    tokens,
    keyRing,
    token: tokens.issue('test:agent', 'agent@example.com').token,
    log: () => lines,
    close: async () => {
      await relay.close();
      connection.disconnect();
    },
  };
}

/** Production's limits, with some of them changed. */
export function withLimits(overrides: LimitOverrides = {}): Limits {
  const layers = Object.entries(LIMITS).map(([layer, limits]) => [
    layer,
    { ...limits, ...overrides[layer as keyof Limits] },
  ]);
  return Object.fromEntries(layers);
}
