import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import type { OriginCheck } from './browsers/origin-check.ts';
import { HttpError } from './errors.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD']);

/** What a page of another origin may read of an answer beside what browsers always show: when to try again after 429. */
const EXPOSED = ['Retry-After'];

/**
 * Cross-origin access as existing desktops need it: the origin is reflected, on errors too, and a preflight allows
 * whatever headers it asks for, because integrators add their own. The route answers it (see `methods.ts`).
 *
 * With a list of origins, others get no CORS headers, and anything but GET and HEAD is refused with 403. Credentials
 * are allowed to the listed origins only, never where any origin may come.
 */
export async function registerCors(
  app: FastifyInstance,
  allowedOrigins: readonly string[] | undefined,
  isAllowed: OriginCheck,
): Promise<void> {
  app.addHook('onRequest', async (request) => {
    const { origin } = request.headers;
    if (isAllowed(origin)) return;
    request.refusal = { reason: 'origin', refused: 'origin', origin };
    if (!SAFE_METHODS.has(request.method)) throw new HttpError(403, 'This origin is not allowed.');
  });
  await app.register(cors, {
    origin: (origin, done) => {
      // Without an Origin there is nothing to reflect; a page that fetches without one is served in the open mode only.
      if (origin === undefined) done(null, allowedOrigins === undefined ? '*' : false);
      else done(null, isAllowed(origin));
    },
    methods: ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'],
    credentials: allowedOrigins !== undefined,
    exposedHeaders: EXPOSED,
    strictPreflight: false,
    preflightContinue: true,
  });
  app.addHook('onRequest', async (request) => {
    // The plugin's own OPTIONS route matches every path and would call unknown ones known.
    if (request.routeOptions.url === '*') throw new HttpError(404, 'Not found.');
  });
}
