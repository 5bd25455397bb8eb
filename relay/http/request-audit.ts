import type { FastifyRequest } from 'fastify';
import type { Audit, AuditEntry, AuditEvent } from '../access/audit.ts';
import type { ClientInfoOf } from '../access/client-info.ts';

/** Audits what a request does; where it came from, and whose token it shows, is added. */
export type RequestAudit = (
  request: FastifyRequest,
  event: AuditEvent,
  entry: Omit<AuditEntry, 'client'>,
) => void;

export function auditRequests(audit: Pick<Audit, 'note'>, clientInfoOf: ClientInfoOf): RequestAudit {
  return (request, event, entry) => {
    if (event === 'refuse') request.refusal = entry;
    audit.note(event, { agent: request.claims, ...entry, client: clientInfoOf(request.raw) });
  };
}
