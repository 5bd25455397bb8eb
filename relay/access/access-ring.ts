import type { Config } from '../../shared/config.ts';
import type { Logger } from '../../shared/log.ts';
import type { Redis } from '../../shared/redis.ts';
import type { EventLog } from '../../shared/stream/event-log.ts';
import type { Turns } from './access-policy.ts';
import { Audit, type AuditListener } from './audit.ts';
import { clientInfoReader } from './client-info.ts';
import { createAccess } from './create-access.ts';
import type { AccessLimits } from './limits.ts';
import { Revocations } from './revocations.ts';
import type { accessSettings } from './settings.ts';
import { TokenSessions } from './token-sessions.ts';

export interface AccessRingConfig extends Config<typeof accessSettings> {
  readonly projectId: string;
  readonly projectNumber: string | undefined;
  /** How many proxies in front of the relay add to `X-Forwarded-For`; by default one on Cloud Run. */
  readonly trustedProxies: number | undefined;
  /** Set on Cloud Run. */
  readonly cloudRunService: string | undefined;
  readonly jwtLifetimeSeconds: number;
}

export interface AccessRingDeps {
  redis: Redis;
  /** For commands that only read. */
  reads: Redis;
  eventLog: Pick<EventLog, 'isFinished'>;
  logger: Logger;
  /** Is told of a join that Redis did not note. */
  onRefused(err: unknown): void;
  limits: AccessLimits;
  /** Whether there is an administrator; otherwise nothing can be revoked, and nothing is asked about revocations. */
  isRevocable: boolean;
  /** Lets agents share the calls to the authorizer. */
  turns: Turns;
  /** Hears what is audited. */
  onAudited?: AuditListener | undefined;
  /** Milliseconds since 1970. */
  now?: (() => number) | undefined;
}

export type AccessRing = ReturnType<typeof createAccessRing>;

/** What decides who may see which conversation, on every way into one relay, and notes it. */
export function createAccessRing(config: AccessRingConfig, deps: AccessRingDeps) {
  const { redis, reads, eventLog, logger, onRefused, limits, isRevocable, turns, now } = deps;
  const isOnCloudRun = config.cloudRunService !== undefined;
  const maxSeconds = Math.max(config.sessionMaxSeconds, config.jwtLifetimeSeconds);
  const revocations = isRevocable ? new Revocations({ redis, reads, maxSeconds, now }) : undefined;
  const project = { id: config.projectId, number: config.projectNumber };
  return {
    project,
    ...createAccess(config, limits, { project, logger, revocations, turns }),
    audit: new Audit(logger, deps.onAudited),
    clientInfoOf: clientInfoReader(config.projectId, config.trustedProxies ?? (isOnCloudRun ? 1 : 0)),
    revocations,
    tokenSessions: new TokenSessions({
      redis,
      reads,
      eventLog,
      onRefused,
      limits,
      maxSeconds: config.sessionMaxSeconds,
      revocations,
      now,
    }),
  };
}
