import type { Audit } from '../access/audit.ts';
import type { ClientInfo } from '../access/client-info.ts';
import type { RateLimiter } from '../rate-limits/rate-limiter.ts';

/** Where refused connections are counted and audited. */
export interface RefusalRecord {
  audit: Pick<Audit, 'note'>;
  rateLimiter: Pick<RateLimiter, 'refusedAt'> | undefined;
}

/** Counts and audits a connection that was refused. Beyond an address's limit it is no longer audited. */
export async function recordRefusal(
  record: RefusalRecord,
  client: ClientInfo,
  outcome: string,
): Promise<void> {
  if ((await record.rateLimiter?.refusedAt(client.address)) === false) return;
  record.audit.note('refuse', { refused: 'connect', outcome, client });
}
