import type { CloseReason } from '../../shared/close-codes.ts';
import type { Project } from '../../shared/conversation-name.ts';
import type { Logger } from '../../shared/log.ts';
import type { TraceJoin } from '../../shared/tracing/trace-join.ts';
import type { WireErrorCode } from '../../shared/wire.ts';
import type { AccessPolicy } from '../access/access-policy.ts';
import type { Audit } from '../access/audit.ts';
import type { TokenSessions } from '../access/token-sessions.ts';
import type { Hub } from '../delivery/hub.ts';
import type { AgentLimiter } from '../rate-limits/agent-limiter.ts';
import type { RefusalLog } from '../refusals/refusals.ts';
import type { SessionLimits } from './limits.ts';
import type { ResumePoints } from './resume-points.ts';

/** What all sessions of a relay share. */
export interface SessionDeps {
  hub: Pick<Hub, 'join'>;
  access: Pick<AccessPolicy, 'nameOf' | 'require'>;
  audit: Pick<Audit, 'note'>;
  refusals: RefusalLog;
  agents: Pick<AgentLimiter, 'connect'>;
  project: Project;
  limits: SessionLimits;
  meter?: SessionMeter | undefined;
  /** Runs a join, and traces it. Without it, joins are not traced. */
  traceJoin?: TraceJoin | undefined;
  logger: Logger;
}

/** What sessions count. */
export interface SessionMeter {
  /** The relay closes a connection. */
  closing(reason: CloseReason): void;
  /** A desktop did not get what it asked for. */
  refused(code: WireErrorCode): void;
}

/** What only Socket.IO's sessions have, because existing desktops know neither cursors nor token renewal. */
export interface SessionMemory {
  tokenSessions: Pick<TokenSessions, 'join'>;
  resumePoints: ResumePoints;
}
