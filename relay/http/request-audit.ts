import type { FastifyRequest } from 'fastify';
import type { Audit, AuditEntry, AuditEvent } from '../access/audit.ts';
import type { SourceOf } from '../access/client-info.ts';

/** Audits what a request does; where it came from, and whose token it shows, is added. */
export type RequestAudit = (
  request: FastifyRequest,
  event: AuditEvent,
  entry: Omit<AuditEntry, 'source'>,
) => void;

export function auditRequests(audit: Pick<Audit, 'note'>, sourceOf: SourceOf): RequestAudit {
  return (request, event, entry) =>
    audit.note(event, { agent: request.claims, ...entry, source: sourceOf(request.raw) });
}
