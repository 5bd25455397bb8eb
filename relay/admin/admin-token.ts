import type { FastifyRequest } from 'fastify';
import { HttpError } from '../http/errors.ts';
import type { RequestAudit } from '../http/request-audit.ts';
import type { RequestLimits } from '../http/request-limits.ts';
import { isShown, type SharedSecret } from '../identity/rotation/shared-secret.ts';

const NO_ADMIN = 'The admin token is missing or wrong.';

/** The administrators' token. */
export type AdminToken = SharedSecret;

/**
 * The `onRequest` hook of the routes for administrators. It lets a request through whose `Authorization` is the
 * administrators' token, and answers others with 401.
 */
export function requireAdmin(
  token: AdminToken,
  audit: RequestAudit,
  requestLimits: Pick<RequestLimits, 'adminRefused'>,
): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    const given = (request.headers.authorization ?? '').trim().replace(/^bearer\s+/i, '');
    if (await isShown(token, given)) return;
    await requestLimits.adminRefused(request);
    const refusal = { refused: 'admin', outcome: NO_ADMIN, reason: 'admin-token' } as const;
    audit(request, 'refuse', { ...refusal, route: request.routeOptions.url });
    throw new HttpError(401, NO_ADMIN);
  };
}
