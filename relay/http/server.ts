import type { IncomingMessage } from 'node:http';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Project } from '../../shared/conversation-name.ts';
import type { Logger } from '../../shared/log.ts';
import type { Revocations } from '../access/revocations.ts';
import type { Tokens } from '../identity/tokens.ts';
import {
  BODY_MAX_BYTES,
  CONNECTION_LIMITS,
  type ConnectionLimits,
  PATH_PARAMETER_MAX_CHARS,
} from '../limits.ts';
import type { AppAuthProvider } from '../providers/provider.ts';
import type { Providers } from '../providers/provider-choice.ts';
import type { RequestLimits } from '../rate-limits/request-limits.ts';
import { requireToken } from './authenticate.ts';
import { takeJson } from './body.ts';
import type { ConversationNames } from './conversation-name-store.ts';
import { registerCors } from './cors.ts';
import { answerError, HttpError } from './errors.ts';
import { makeRoomWhenFull, Newcomers, watchConnections } from './pending-connections.ts';
import type { RequestAccess } from './request-access.ts';
import type { RequestAudit } from './request-audit.ts';
import { logRequests, noUrlLog, traceLogger } from './request-log.ts';
import { registerConversationName } from './routes/conversation-name.ts';
import { type Readiness, registerHealth } from './routes/health.ts';
import { registerRegister } from './routes/register.ts';
import { registerRegisterApp } from './routes/register-app.ts';
import { registerStatus } from './routes/status.ts';
import { registerSecurityHeaders } from './security-headers.ts';

export interface HttpDeps {
  log: Logger;
  project: Project;
  tokens: Tokens;
  providers: Providers;
  appProvider: AppAuthProvider;
  conversationNames: ConversationNames;
  requireAccess: RequestAccess;
  audit: RequestAudit;
  revocations?: Pick<Revocations, 'isRevoked'> | undefined;
  limits?: RequestLimits | undefined;
  /** Milliseconds since 1970; the default is `Date.now`. */
  now?: (() => number) | undefined;
  readiness: Readiness;
  /** See `origins.ts`; `undefined` for any origin. */
  allowedOrigins: readonly string[] | undefined;
  connections?: ConnectionLimits;
  newcomers?: Newcomers;
}

/**
 * The relay's REST side, not yet listening and still open for more routes: those registered on it get the same CORS,
 * error answers, log and JSON bodies of at most {@link BODY_MAX_BYTES}. Errors other than `HttpError` are a 500. A
 * route that pages of other origins call also answers OPTIONS, for which there is `allowOnly` in `methods.ts`.
 */
export async function createHttp(deps: HttpDeps): Promise<FastifyInstance> {
  const connections = deps.connections ?? CONNECTION_LIMITS;
  const app = Fastify({
    loggerInstance: deps.log as FastifyBaseLogger,
    logController: noUrlLog,
    childLoggerFactory: traceLogger(deps.project.id),
    bodyLimit: BODY_MAX_BYTES,
    routerOptions: { maxParamLength: PATH_PARAMETER_MAX_CHARS },
    requestTimeout: connections.requestMs,
    keepAliveTimeout: connections.keepAliveMs,
    http: {
      headersTimeout: connections.headersMs,
      connectionsCheckingInterval: connections.checkEveryMs,
      shouldUpgradeCallback: isWebSocketUpgrade,
    },
    frameworkErrors: answerError,
  });
  app.server.maxConnections = connections.max;
  makeRoomWhenFull(app.server);

  // Order matters: a hook runs in the order of its addition, and a route keeps the error handler it was born with.
  app.setErrorHandler(answerError);
  app.decorateRequest('claims', undefined);
  logRequests(app);
  watchConnections(app, deps.newcomers ?? new Newcomers());
  registerSecurityHeaders(app);
  await registerCors(app, deps.allowedOrigins);
  answerNotFound(app);
  takeJson(app);

  registerStatus(app);
  registerHealth(app, deps.readiness);
  registerRegister(app, deps.providers, deps);
  registerRegisterApp(app, deps.appProvider, deps);
  registerConversationName(app, {
    project: deps.project,
    names: deps.conversationNames,
    requireToken: requireToken(deps),
    requireAccess: deps.requireAccess,
  });
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
