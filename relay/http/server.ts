import type { IncomingMessage } from 'node:http';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Logger } from '../../shared/log.ts';
import type { PendingConnections } from '../rate-limits/pending-connections.ts';
import { watchConnections } from '../rate-limits/watch-connections.ts';
import type { RefusedRequests } from '../refusals/refused-requests.ts';
import { takeJson } from './body.ts';
import type { OriginCheck } from './browsers/origin-check.ts';
import { registerSecurityHeaders } from './browsers/security-headers.ts';
import { registerCors } from './cors.ts';
import { answerError, HttpError } from './errors.ts';
import { type HttpLimits, PATH_PARAMETER_MAX_CHARS } from './limits.ts';
import { logRequests, noUrlLog, traceLogger } from './request-log.ts';

export interface HttpServerDeps {
  logger: Logger;
  projectId: string;
  /** See `origin-check.ts`; `undefined` for any origin. */
  allowedOrigins: readonly string[] | undefined;
  isAllowedOrigin: OriginCheck;
  pendingConnections: PendingConnections;
  refusedRequests: RefusedRequests;
  limits: HttpLimits;
}

/**
 * The relay's HTTP server, not yet listening and without routes. Routes that are registered on it get the same CORS,
 * error answers, log and JSON bodies of a limited size. Errors other than `HttpError` are a 500. A route that pages of
 * other origins call also answers OPTIONS, for which there is `allowOnly` in `methods.ts`.
 */
export async function createHttpServer(deps: HttpServerDeps): Promise<FastifyInstance> {
  const { limits } = deps;
  const app = Fastify({
    loggerInstance: deps.logger as FastifyBaseLogger,
    logController: noUrlLog,
    childLoggerFactory: traceLogger(deps.projectId),
    bodyLimit: limits.bodyMaxBytes,
    routerOptions: { maxParamLength: PATH_PARAMETER_MAX_CHARS },
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    http: {
      headersTimeout: limits.headersMs,
      connectionsCheckingInterval: limits.checkEveryMs,
      shouldUpgradeCallback: isWebSocketUpgrade,
    },
    frameworkErrors: deps.refusedRequests.afterRouting(answerError),
  });
  app.server.maxConnections = limits.connectionsMax;

  // Order matters: a hook runs in the order of its addition, and a route keeps the error handler it was born with.
  app.setErrorHandler(answerError);
  app.decorateRequest('claims', undefined);
  logRequests(app);
  deps.refusedRequests.register(app);
  watchConnections(app, deps.pendingConnections, limits.dropPauseMs);
  registerSecurityHeaders(app);
  await registerCors(app, deps.allowedOrigins, deps.isAllowedOrigin);
  answerNotFound(app);
  takeJson(app);
  return app;
}

/**
 * An offer of any other protocol (`h2c`, which Java's HTTP client makes with its first request) is passed over, as HTTP
 * wants it, and the request is served; Node alone would take the connection away from it.
 */
function isWebSocketUpgrade(request: IncomingMessage): boolean {
  return request.headers.upgrade?.toLowerCase() === 'websocket';
}

/** 404 in a hook, so that the body of a request to nowhere is not read, and in the handler that `callNotFound` runs. */
function answerNotFound(app: FastifyInstance): void {
  const refuse = async () => {
    throw new HttpError(404, 'Not found.');
  };
  app.addHook('onRequest', async (request) => {
    if (request.is404) await refuse();
  });
  app.setNotFoundHandler(refuse);
}
