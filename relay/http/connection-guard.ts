import type { ClientInfoOf } from '../access/client-info.ts';
import type { PendingConnections } from '../rate-limits/pending-connections.ts';
import type { RefusalLog } from '../refusals/refusals.ts';
import type { OriginCheck } from './browsers/origin-check.ts';

/** What every new connection of a desktop has to pass. */
export interface ConnectionGuard {
  isAllowedOrigin: OriginCheck;
  /** Whether new connections are refused with 503. */
  isDraining(): boolean;
  pendingConnections: PendingConnections;
  refusals: RefusalLog;
  clientInfoOf: ClientInfoOf;
}
