import type { Audit } from '../access/audit.ts';
import type { Source } from '../access/client-info.ts';
import type { RequestLimits } from '../rate-limits/request-limits.ts';

/** Where refused connections are counted and audited. */
export interface RefusalRecord {
  audit: Pick<Audit, 'note'>;
  rateLimits: Pick<RequestLimits, 'refusedAt'> | undefined;
}

/** Counts and audits a connection that was refused. Beyond an address's limit it is no longer audited. */
export async function recordRefusal(record: RefusalRecord, source: Source, outcome: string): Promise<void> {
  if ((await record.rateLimits?.refusedAt(source.address)) === false) return;
  record.audit.note('refuse', { refused: 'connect', outcome, source });
}
