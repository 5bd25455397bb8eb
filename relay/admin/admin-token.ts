import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Logger } from '../../shared/log.ts';
import { ThrottledCountLog } from '../../shared/throttled-count-log.ts';
import { HttpError } from '../http/errors.ts';
import type { RequestAudit } from '../http/request-audit.ts';
import type { RequestLimits } from '../http/request-limits.ts';
import type { RotatingKeys } from '../identity/rotation/key-ring.ts';

const NO_ADMIN = 'The admin token is missing or wrong.';

/** The administrators' token. It may change while the relay runs; then the old one is accepted for a short time too. */
export type AdminToken = Pick<RotatingKeys, 'ring' | 'poll'>;

/**
 * The `onRequest` hook of the routes for administrators. It lets a request through whose `Authorization` is the
 * administrators' token, and answers others with 401.
 */
export function requireAdmin(
  token: AdminToken,
  audit: RequestAudit,
  requestLimits: Pick<RequestLimits, 'adminRefused'>,
  logger: Logger,
): (request: FastifyRequest) => Promise<void> {
  const attempts = new ThrottledCountLog({
    counted: ['attempts'],
    write: (counts) => logger.warn(counts, 'wrong admin tokens: somebody may be guessing'),
    now: Date.now,
  });
  // Digests have the same length, as timingSafeEqual requires, and do not reveal the token's length.
  const isGood = (given: Buffer) =>
    token.ring().some(({ secret }) => timingSafeEqual(given, digest(secret.export())));
  return async (request) => {
    const given = digest((request.headers.authorization ?? '').trim().replace(/^bearer\s+/i, ''));
    if (isGood(given)) return;
    await token.poll();
    if (isGood(given)) return;
    attempts.count('attempts');
    await requestLimits.adminRefused(request);
    audit(request, 'refuse', { refused: 'admin', outcome: NO_ADMIN, route: request.routeOptions.url });
    throw new HttpError(401, NO_ADMIN);
  };
}

function digest(text: string | Buffer): Buffer {
  return createHash('sha256').update(text).digest();
}
