import type { FastifyPluginAsync } from 'fastify';
import type { Dispatcher } from 'undici';
import type { Logger } from '../shared/log.ts';
import type { Redis } from '../shared/redis.ts';
import type { Tracer } from '../shared/tracing/tracer.ts';
import type { AdminToken } from './admin/admin-token.ts';
import type { RelayConfig } from './config.ts';
import type { Credentials } from './google/credentials.ts';
import type { SharedSecret } from './identity/rotation/shared-secret.ts';
import type { KeyRing } from './identity/signing-key.ts';
import type { Limits } from './limits.ts';
import type { RelayMetrics } from './metrics/metrics.ts';
import type { VerifyIdToken } from './service-callers/google-id-tokens.ts';

/** What a relay is built of. */
export interface RelayDeps {
  config: RelayConfig;
  limits: Limits;
  logger: Logger;
  /** For commands; what the relay hears through it opens by itself. */
  redis: Redis;
  /** For the calls to Dialogflow. */
  credentials: Credentials;
  /** Carries the calls to identity providers; it stays the caller's to close. */
  providerDispatcher: Dispatcher;
  /** Asked at every use, so that keys may change while the relay runs. */
  keyRing: () => KeyRing;
  /** Brings the ring up to date when a token names a key that is not in it; see `key-ring.ts`. */
  pollKeys?: (() => Promise<void>) | undefined;
  /** With it, the relay has the routes of `/admin/`. */
  adminToken?: AdminToken | undefined;
  /** What Five9's adapter shows, where AUTH_OPTION has Five9. */
  trustToken?: SharedSecret | undefined;
  /** Verifies the tokens of service accounts, where SERVICE_CALLERS has any. */
  verifyIdToken?: VerifyIdToken | undefined;
  /** Where what happens is counted. */
  metrics?: RelayMetrics | undefined;
  /** Where spans are started, if TRACES is not `off`. */
  tracer?: Tracer | undefined;
  /** The text of the browser client that is served at `/client.js`. */
  clientScript?: string | undefined;
  /** The agent desktop page, where it is to be served. */
  desktop?: FastifyPluginAsync | undefined;
  /** The clock by which tokens are judged, in milliseconds since 1970. */
  now: () => number;
}
