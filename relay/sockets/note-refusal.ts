import type { Audit } from '../audit.ts';
import type { RequestLimits } from '../limiting/request-limits.ts';
import type { Source } from '../source.ts';

export interface NoteRefusalDeps {
  audit: Pick<Audit, 'note'>;
  limits?: Pick<RequestLimits, 'refusedAt'> | undefined;
}

/** Counts and audits a connection that was refused; of an address with too many of them it audits no more. */
export async function noteRefusal(deps: NoteRefusalDeps, source: Source, outcome: string): Promise<void> {
  if ((await deps.limits?.refusedAt(source.address)) === false) return;
  deps.audit.note('refuse', { refused: 'connect', outcome, source });
}
