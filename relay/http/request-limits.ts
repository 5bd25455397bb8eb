import type { FastifyRequest } from 'fastify';
import type { ClientInfoOf } from '../access/client-info.ts';
import type { RateLimiter } from '../rate-limits/rate-limiter.ts';

export type RequestLimits = ReturnType<typeof limitRequests>;

/** What the rate limiter says of HTTP requests. The `RateLimitedError` that it throws is answered with 429. */
export function limitRequests(rateLimiter: RateLimiter, clientInfoOf: ClientInfoOf) {
  const addressOf = (request: FastifyRequest) => clientInfoOf(request.raw).address;
  const credentialOf = ({ headers }: FastifyRequest) => headers.authorization ?? '';
  return {
    requireUnblocked: (request: FastifyRequest) =>
      rateLimiter.requireUnblocked({ address: addressOf(request), credential: credentialOf(request) }),
    refused: (request: FastifyRequest) => rateLimiter.refused(addressOf(request)),
    adminRefused: (request: FastifyRequest) => rateLimiter.adminRefused(addressOf(request)),
    registered: (request: FastifyRequest, subject: string) =>
      rateLimiter.registered(subject, credentialOf(request)),
  };
}
