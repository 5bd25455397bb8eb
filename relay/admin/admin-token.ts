import { createHash, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { HttpError } from '../http/errors.ts';
import type { RequestAudit } from '../http/request-audit.ts';

const NO_ADMIN = 'The admin token is missing or wrong.';

/**
 * The `onRequest` hook of what only administrators may: it lets a request through whose `Authorization` is the
 * administrators' token, and answers the others with 401.
 */
export function requireAdmin(
  token: KeyObject,
  audit?: RequestAudit,
): (request: FastifyRequest) => Promise<void> {
  const expected = digest(token.export());
  return async (request) => {
    const given = (request.headers.authorization ?? '').trim().replace(/^bearer\s+/i, '');
    // Digests have one length, which timingSafeEqual wants, and tell nothing of the token's.
    if (timingSafeEqual(digest(given), expected)) return;
    audit?.(request, 'refuse', { refused: 'admin', outcome: NO_ADMIN, route: request.routeOptions.url });
    throw new HttpError(401, NO_ADMIN);
  };
}

function digest(text: string | Buffer): Buffer {
  return createHash('sha256').update(text).digest();
}
