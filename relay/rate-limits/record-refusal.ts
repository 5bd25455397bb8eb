import type { Audit } from '../access/audit.ts';
import type { ClientInfo } from '../access/client-info.ts';
import type { Claims, TokenFault } from '../identity/claims.ts';
import type { RefusalLog } from '../refusals/refusals.ts';
import type { RateLimiter } from './rate-limiter.ts';

/** Where refused connections are counted, noted and audited. */
export interface RefusalRecord {
  audit: Pick<Audit, 'note'>;
  rateLimiter: Pick<RateLimiter, 'refusedAt'> | undefined;
  refusals: RefusalLog;
}

/** What is wrong with the token of a connection. */
export type ConnectFault = TokenFault | 'malformed' | 'other-subject';

/**
 * Notes, counts and audits a connection that was refused.
 *
 * @param agent whose token it was, where the token is genuine.
 */
export async function recordRefusal(
  record: RefusalRecord,
  client: ClientInfo,
  outcome: ConnectFault,
  agent?: Claims,
): Promise<void> {
  record.refusals.note(`token-${outcome}`, { refused: 'connect', outcome, client, agent });
  await auditRefusal(record, client, outcome, agent);
}

/** Counts and audits a connection whose refusal is noted elsewhere. Beyond an address's limit it is not audited. */
export async function auditRefusal(
  { audit, rateLimiter }: Pick<RefusalRecord, 'audit' | 'rateLimiter'>,
  client: ClientInfo,
  outcome: ConnectFault,
  agent: Claims | undefined,
): Promise<void> {
  if ((await rateLimiter?.refusedAt(client.address)) === false) return;
  audit.note('refuse', { refused: 'connect', outcome, reason: `token-${outcome}`, client, agent });
}
