import type { Logger } from '../shared/log.ts';
import type { Redis } from '../shared/redis.ts';
import type { EventLog } from '../shared/stream/event-log.ts';
import type { Access } from './access/access-policy.ts';
import { Audit } from './access/audit.ts';
import { type SourceOf, sources } from './access/client-info.ts';
import { type AuthorizerTimes, createAccess } from './access/create-access.ts';
import { Sessions } from './access/token-sessions.ts';
import type { AdminToken } from './admin/admin-token.ts';
import { type Admin, createAdmin } from './admin/create-admin.ts';
import type { RelayConfig } from './config.ts';
import { type RequestAccess, requestAccess } from './http/request-access.ts';
import { auditRequests, type RequestAudit } from './http/request-audit.ts';
import type { KeyRing } from './identity/signing-key.ts';
import { createTokens, type Tokens } from './identity/tokens.ts';
import { measuredAudit } from './metrics/measured.ts';
import type { RelayMetrics } from './metrics/metrics.ts';
import { RequestLimits } from './rate-limits/request-limits.ts';

export interface GuardsDeps {
  config: RelayConfig;
  logger: Logger;
  redis: Redis;
  eventLog: Pick<EventLog, 'isFinished'>;
  /** Asked at every use, so that keys may change while the relay runs. */
  keyRing: () => KeyRing;
  /** Brings the ring up to date when a token names a key that is not in it; see `key-ring.ts`. */
  lookForKeys?: (() => Promise<void>) | undefined;
  /** By which tokens are judged, in milliseconds since 1970; the default is `Date.now`. */
  now?: (() => number) | undefined;
  /** How long the authorizer may take, and how long its answers are kept; the defaults are those of `limits.ts`. */
  authorizerTimes?: AuthorizerTimes | undefined;
  /** Where there is one, `/admin/` is there for whoever has it. */
  adminToken?: AdminToken | undefined;
  /** How long an erasure waits for what desktops leave, in milliseconds; the default is that of `limits.ts`. */
  eraseAfterMs?: number | undefined;
  /** How many attempts of one address may be refused a minute; the default is that of `limits.ts`. */
  refusalsPerMinute?: number | undefined;
  /** Where what happens is counted, where somebody wants to know. */
  metrics?: RelayMetrics | undefined;
}

/** What decides, on every way into one relay, who is let in and how much they may ask, and notes it. */
export interface Guards {
  tokens: Tokens;
  sessions: Sessions;
  access: Access;
  requireAccess: RequestAccess;
  limits: RequestLimits;
  /** Undefined where there is no admin token. */
  admin: Admin | undefined;
  audit: Pick<Audit, 'note'>;
  requestAudit: RequestAudit;
  sourceOf: SourceOf;
  /** Ends the connections to the authorizer. */
  close(): Promise<void>;
}

export function createGuards(deps: GuardsDeps): Guards {
  const { config, logger, redis, metrics, now } = deps;
  const project = { id: config.projectId, number: config.projectNumber };
  const isOnCloudRun = config.cloudRunService !== undefined;
  const sourceOf = sources(config.projectId, config.trustedProxies ?? (isOnCloudRun ? 1 : 0));
  const plainAudit = new Audit(logger);
  const audit = metrics ? measuredAudit(plainAudit, metrics) : plainAudit;
  const requestAudit = auditRequests(audit, sourceOf);
  const limits = new RequestLimits({
    redis,
    sourceOf,
    analyzeContentPerMinute: config.analyzeContentPerMinute,
    refusalsPerMinute: deps.refusalsPerMinute,
    now,
  });
  const admin = createAdmin(deps.adminToken, {
    redis,
    project,
    maxSeconds: Math.max(config.sessionMaxSeconds, config.jwtLifetimeSeconds),
    audit: requestAudit,
    limits,
    logger,
    eraseAfterMs: deps.eraseAfterMs,
    now,
  });
  const revocations = admin?.revocations;
  const { access, close } = createAccess(config, {
    project,
    logger,
    revocations,
    times: deps.authorizerTimes,
  });
  return {
    tokens: createTokens({
      projectId: config.projectId,
      lifetimeSeconds: config.jwtLifetimeSeconds,
      keyRing: deps.keyRing,
      lookForKeys: deps.lookForKeys,
      now,
    }),
    sessions: new Sessions({
      redis,
      eventLog: deps.eventLog,
      maxSeconds: config.sessionMaxSeconds,
      revocations,
      now,
    }),
    access,
    requireAccess: requestAccess({ access, audit: requestAudit, sourceOf }),
    limits,
    admin,
    audit,
    requestAudit,
    sourceOf,
    close,
  };
}
