import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** On every answer of the relay. A route that serves a page sets a policy of its own. */
const SECURITY_HEADERS = {
  // Nothing the relay answers is a page: should a browser be shown it as one, it runs and loads nothing.
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

/** A year in seconds, for this host alone: what else lives under its domain is not ours to decide. */
const HSTS = 'max-age=31536000';

/**
 * The headers for the answer to a request, of HTTP as of an upgrade: {@link SECURITY_HEADERS}, and
 * `Strict-Transport-Security` where the front end says that the request came over TLS. A client that forges that header
 * only binds itself.
 */
export function securityHeaders(request: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const isTls = request['x-forwarded-proto'] === 'https';
  return isTls ? { ...SECURITY_HEADERS, 'strict-transport-security': HSTS } : SECURITY_HEADERS;
}

export function registerSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders(request.headers));
  });
}
