import type { FastifyInstance } from 'fastify';
import type { AccessRing } from './access/access-ring.ts';
import { type Admin, createAdmin } from './admin/create-admin.ts';
import { registerConversations } from './conversations/routes.ts';
import { dialogflowAgent, dialogflowProxy } from './dialogflow/proxy.ts';
import { type AuthenticateDeps, requireToken } from './http/authenticate.ts';
import type { ConnectionGuard } from './http/connection-guard.ts';
import { registerClientScript } from './http/pages/client-script.ts';
import { requestAccess } from './http/request-access.ts';
import { auditRequests } from './http/request-audit.ts';
import { limitRequests } from './http/request-limits.ts';
import { registerHealth } from './http/routes/health.ts';
import { registerRegister } from './http/routes/register.ts';
import { registerRegisterApp } from './http/routes/register-app.ts';
import { registerStatus } from './http/routes/status.ts';
import { createHttpServer } from './http/server.ts';
import type { Tokens } from './identity/tokens.ts';
import { registerConversationName } from './integration-keys/conversation-name.ts';
import { conversationNamesIn } from './integration-keys/conversation-name-store.ts';
import { createAppProvider, createProviders } from './providers/providers.ts';
import type { RateLimiter } from './rate-limits/rate-limiter.ts';
import type { RedisHealth } from './redis-health/redis-health.ts';
import { refusedRequests } from './refusals/refused-requests.ts';
import type { RelayDeps } from './relay-deps.ts';
import { acceptServiceCallers } from './service-callers/accept-service-callers.ts';
import type { Trace } from './trace/create-trace.ts';

/** What decides, on every way into one relay, who is let in and how much they may ask. */
export interface Guards extends AccessRing, ConnectionGuard {
  tokens: Tokens;
  rateLimiter: RateLimiter;
  redisHealth: Pick<RedisHealth, 'state' | 'reads' | 'ping'>;
}

/** The HTTP server with every route of the relay, and what administrators have where there is one. */
export async function createHttp(
  deps: RelayDeps,
  guards: Guards,
  trace: Trace,
): Promise<{ app: FastifyInstance; admin: Admin | undefined }> {
  const { config, limits, logger, redis, adminToken } = deps;
  const { access, clientInfoOf, revocations, tokens, rateLimiter, pendingConnections, refusals, isDraining } =
    guards;
  const { state: redisState, reads, ping: pingRedis } = guards.redisHealth;
  const { project } = guards;
  const audit = auditRequests(guards.audit, clientInfoOf);
  const requestLimits = limitRequests(rateLimiter, clientInfoOf);
  const requireAccess = requestAccess(access, audit, clientInfoOf);
  const authentication = { tokens, audit, revocations, limits: requestLimits };

  const app = await createHttpServer({
    logger,
    projectId: config.projectId,
    allowedOrigins: config.allowedOrigins,
    isAllowedOrigin: guards.isAllowedOrigin,
    pendingConnections,
    refusedRequests: refusedRequests(refusals, clientInfoOf),
    limits: limits.http,
  });
  const { providerDispatcher: dispatcher, trustToken } = deps;
  const providerContext = { dispatcher, trustToken, logger, limits: limits.providers };
  const registration = { ...authentication, meter: deps.metrics, now: deps.now };
  registerStatus(app);
  registerHealth(app, { isDraining, redisState, pingRedis });
  registerRegister(app, createProviders(config, providerContext), registration);
  registerRegisterApp(app, createAppProvider(config, providerContext), registration);
  const keyUser: AuthenticateDeps = {
    ...authentication,
    also: ({ method }, claims) => rateLimiter.usedKey(method, claims),
  };
  registerConversationName(app, {
    project,
    names: conversationNamesIn(redis, reads),
    requireToken: acceptServiceCallers(keyUser, { ...config, verifyIdToken: deps.verifyIdToken }),
    requireAccess,
  });
  registerConversations(app, { ...guards, limits, reads, requireAccess, authentication });
  const called = requireToken({ ...authentication, also: (_request, claims) => rateLimiter.called(claims) });
  const proxy = dialogflowProxy({
    project,
    endpoint: config.dialogflowEndpoint,
    credentials: deps.credentials,
    dispatcher: dialogflowAgent(),
    authenticate: called,
    requireAccess,
    takeQuota: (quota, claims) => rateLimiter.takeQuota(quota, claims),
    callsUnderWay: rateLimiter.callsUnderWay,
    audit,
    meter: deps.metrics,
    limits: limits.dialogflow,
  });
  await app.register(proxy);
  const adminDeps = { redis, project, audit, requestLimits, trace, tokens, refusals, limits: limits.admin };
  const admin =
    adminToken && revocations && createAdmin({ ...adminDeps, token: adminToken, revocations }, logger);
  admin?.register(app);
  if (deps.clientScript !== undefined) registerClientScript(app, deps.clientScript);
  if (deps.desktop) await app.register(deps.desktop);
  await app.ready();
  return { app, admin };
}
