import { type FastifyInstance, type FastifyRequest, type FastifyServerOptions, LogController } from 'fastify';
import { traceFields } from '../../shared/trace.ts';

/** Fastify's own request log is off: it writes URLs, and a query may hold a phone number. */
export const noUrlLog: LogController = new LogController({ disableRequestLogging: true });

/** Gives all log lines of a request the trace that its `traceparent` header names. */
export function traceLogger(projectId: string): NonNullable<FastifyServerOptions['childLoggerFactory']> {
  return (logger, bindings, options, raw) =>
    logger.child({ ...bindings, ...traceFields(raw.headers.traceparent, projectId) }, options);
}

/** One line a request: which route, not which URL; 499 for one whose client left before its answer was sent. */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      { ...routeOf(request), status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'request',
    );
  });
  app.addHook('onRequestAbort', async (request) => {
    request.log.info({ ...routeOf(request), status: 499 }, 'request');
  });
}

function routeOf(request: FastifyRequest): { method: string; route: string } {
  return { method: request.method, route: request.routeOptions.url ?? 'none' };
}
