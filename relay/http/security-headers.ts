import type { FastifyInstance } from 'fastify';

/** On every answer of the relay, Socket.IO's included. A route that serves a page sets a policy of its own. */
export const SECURITY_HEADERS = {
  // Nothing the relay answers is a page: should a browser be shown it as one, it runs and loads nothing.
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

/** A year in seconds, for this host alone: what else lives under its domain is not ours to decide. */
const HSTS = 'max-age=31536000';

/**
 * Sets {@link SECURITY_HEADERS}, and `Strict-Transport-Security` where the front end says that the request came over
 * TLS. A client that forges that header only binds itself.
 */
export function registerSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS);
    if (request.headers['x-forwarded-proto'] === 'https') reply.header('strict-transport-security', HSTS);
  });
}
