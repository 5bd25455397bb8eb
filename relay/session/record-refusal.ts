import type { Audit } from '../access/audit.ts';
import type { Source } from '../access/client-info.ts';
import type { RequestLimits } from '../rate-limits/request-limits.ts';

export interface NoteRefusalDeps {
  audit: Pick<Audit, 'note'>;
  limits?: Pick<RequestLimits, 'refusedAt'> | undefined;
}

/** Counts and audits a connection that was refused; of an address with too many of them it audits no more. */
export async function noteRefusal(deps: NoteRefusalDeps, source: Source, outcome: string): Promise<void> {
  if ((await deps.limits?.refusedAt(source.address)) === false) return;
  deps.audit.note('refuse', { refused: 'connect', outcome, source });
}
