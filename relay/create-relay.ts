import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import type { Dispatcher } from 'undici';
import { CLOSE } from '../shared/close-codes.ts';
import type { Logger } from '../shared/log.ts';
import type { Redis } from '../shared/redis.ts';
import { createEventLog, type EventLog } from '../shared/stream/event-log.ts';
import { Audit } from './access/audit.ts';
import { sources } from './access/client-info.ts';
import { createAccess } from './access/create-access.ts';
import { TokenSessions } from './access/token-sessions.ts';
import type { AdminToken } from './admin/admin-token.ts';
import { createAdmin } from './admin/create-admin.ts';
import type { RelayConfig } from './config.ts';
import { Hub } from './delivery/hub.ts';
import { Presence } from './delivery/presence/presence.ts';
import { openSubscriber } from './delivery/pubsub/open-subscriber.ts';
import { dialogflowProxy } from './dialogflow/proxy.ts';
import type { Credentials } from './google/credentials.ts';
import { requireToken } from './http/authenticate.ts';
import { originCheck } from './http/origins.ts';
import { registerClientScript } from './http/pages/client-script.ts';
import { requestAccess } from './http/request-access.ts';
import { auditRequests } from './http/request-audit.ts';
import { limitRequests } from './http/request-limits.ts';
import { registerRoutes } from './http/routes/routes.ts';
import { createHttpServer } from './http/server.ts';
import type { KeyRing } from './identity/signing-key.ts';
import { createTokens } from './identity/tokens.ts';
import { registerConversationName } from './integration-keys/conversation-name.ts';
import { conversationNamesIn } from './integration-keys/conversation-name-store.ts';
import type { Limits } from './limits.ts';
import type { RelayMetrics } from './metrics/metrics.ts';
import { createAppProvider, createProviders } from './providers/providers.ts';
import { PendingConnections } from './rate-limits/pending-connections.ts';
import { RateLimiter } from './rate-limits/rate-limiter.ts';
import { closeSpread } from './session/lifecycle.ts';
import { Resume } from './session/resume/resume.ts';
import { attachSocketIo } from './socketio/server.ts';
import { routeUpgrades } from './upgrade.ts';
import { createNativeServer } from './websocket/server.ts';

export interface RelayDeps {
  config: RelayConfig;
  limits: Limits;
  logger: Logger;
  /** For commands; what the relay hears through it opens by itself. */
  redis: Redis;
  /** For the calls to Dialogflow. */
  credentials: Credentials;
  /** Carries the calls to identity providers; it stays the caller's to close. */
  providerDispatcher: Dispatcher;
  /** Asked at every use, so that keys may change while the relay runs. */
  keyRing: () => KeyRing;
  /** Brings the ring up to date when a token names a key that is not in it; see `key-ring.ts`. */
  lookForKeys?: (() => Promise<void>) | undefined;
  /** Where there is one, `/admin/` is there for whoever has it. */
  adminToken?: AdminToken | undefined;
  /** Where what happens is counted. */
  metrics?: RelayMetrics | undefined;
  /** The text of the browser client that is served at `/client.js`. */
  clientScript?: string | undefined;
  /** The agent desktop page, where it is to be served. */
  desktop?: FastifyPluginAsync | undefined;
  /** By which tokens are judged, in milliseconds since 1970; the default is `Date.now`. */
  now?: (() => number) | undefined;
}

export interface Relay {
  /** Listens on all addresses, or on one; resolves with the port. */
  listen(port: number, host?: string): Promise<number>;
  /** Stops taking requests, closes every socket and resolves when all is closed. A second call does nothing more. */
  close(): Promise<void>;
}

/** Builds the relay out of its parts; nothing listens yet. The connection to Redis stays the caller's. */
export async function createRelay(deps: RelayDeps): Promise<Relay> {
  const { config, limits, logger, redis, metrics } = deps;
  const relay = randomUUID();
  let isDraining = false;
  const eventLog = createEventLog(redis, config);
  const guards = createGuards(deps, eventLog);
  const { tokens, access, rateLimiter, admin, audit, sourceOf } = guards;
  const revocations = admin?.revocations;
  const project = { id: config.projectId, number: config.projectNumber };

  const resume = new Resume({ redis, relay, replayOnJoin: config.replayOnJoin, logger });
  const subscriber = openSubscriber(config, redis, limits.delivery.subscriberSilenceMs, {
    ownChannel: resume.channel,
    logger,
    onMessage: (channel, message) => hub.receive(channel, message),
    onOwnMessage: (message) => resume.receive(message),
    onRestored: (channels) => {
      metrics?.reconnected('pubsub');
      void hub.repair(channels);
    },
  });
  const presence = new Presence(redis, relay, logger, limits.delivery.presenceRenewMs);
  const hub = new Hub({ eventLog, subscriber, presence, logger, limits: limits.delivery, meter: metrics });

  const pendingConnections = new PendingConnections(limits.http.pendingConnectionsMax);
  const { allowedOrigins } = config;
  const app = await createHttpServer({
    logger,
    projectId: config.projectId,
    allowedOrigins,
    pendingConnections,
    limits: limits.http,
  });
  await registerHttp(app, deps, guards, () => isDraining);

  const shared = {
    hub,
    access,
    audit,
    project,
    limits: limits.session,
    meter: metrics,
    logger,
    sourceOf,
    tokens,
    rateLimiter,
    pendingConnections,
    isAllowedOrigin: originCheck(allowedOrigins),
    isDraining: () => isDraining,
  };
  const socketIo = attachSocketIo(app.server, {
    ...shared,
    tokenSessions: guards.tokenSessions,
    resume,
    allowsCredentials: allowedOrigins !== undefined,
    socketIoLimits: limits.socketIo,
  });
  const native = createNativeServer({ ...shared, revocations, webSocketLimits: limits.webSocket });
  routeUpgrades(app.server, native, shared);
  const sessions = () => [...native.sessions(), ...socketIo.sessions()];
  const stopEnforcing = admin?.enforce(sessions);

  redis.on('reconnecting', () => metrics?.reconnected('commands'));
  metrics?.observe({
    connections: {
      native: () => [...native.sessions()].length,
      socketio: () => [...socketIo.sessions()].length,
    },
    conversations: () => hub.size,
  });

  let closing: Promise<void> | undefined;
  async function close(): Promise<void> {
    isDraining = true;
    stopEnforcing?.();
    // The sockets first: the HTTP server does not close while one is open.
    await closeSpread(sessions(), CLOSE.draining, limits.session.drainSpreadMs);
    await socketIo.close();
    await app.close();
    await guards.close();
    hub.close();
    presence.close();
    subscriber.close();
  }

  return {
    async listen(port, host) {
      await app.listen({ port, host: host ?? '::' });
      return (app.server.address() as AddressInfo).port;
    },
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

type Guards = ReturnType<typeof createGuards>;

/** What decides, on every way into one relay, who is let in and how much they may ask, and notes it. */
function createGuards(deps: RelayDeps, eventLog: Pick<EventLog, 'isFinished'>) {
  const { config, limits, logger, redis, now } = deps;
  const project = { id: config.projectId, number: config.projectNumber };
  const isOnCloudRun = config.cloudRunService !== undefined;
  const sourceOf = sources(config.projectId, config.trustedProxies ?? (isOnCloudRun ? 1 : 0));
  const audit = new Audit(logger);
  const requestAudit = auditRequests(audit, sourceOf);
  const rateLimiter = new RateLimiter({
    redis,
    analyzeContentPerMinute: config.analyzeContentPerMinute,
    limits: limits.rateLimits,
    now,
  });
  const requestLimits = limitRequests(rateLimiter, sourceOf);
  const admin = createAdmin(deps.adminToken, {
    redis,
    project,
    maxSeconds: Math.max(config.sessionMaxSeconds, config.jwtLifetimeSeconds),
    audit: requestAudit,
    requestLimits,
    limits: limits.admin,
    logger,
    now,
  });
  const revocations = admin?.revocations;
  const { access, close } = createAccess(config, {
    project,
    logger,
    revocations,
    limits: limits.access,
  });
  const tokens = createTokens({
    projectId: config.projectId,
    lifetimeSeconds: config.jwtLifetimeSeconds,
    keyRing: deps.keyRing,
    lookForKeys: deps.lookForKeys,
    now,
  });
  const maxSeconds = config.sessionMaxSeconds;
  const tokenSessions = new TokenSessions({
    redis,
    eventLog,
    limits: limits.access,
    maxSeconds,
    revocations,
    now,
  });
  const requireAccess = requestAccess({ access, audit: requestAudit, sourceOf });
  return {
    tokens,
    tokenSessions,
    access,
    requireAccess,
    rateLimiter,
    requestLimits,
    admin,
    audit,
    requestAudit,
    sourceOf,
    close,
  };
}

/** Adds every route of the relay to its HTTP server. */
async function registerHttp(
  app: FastifyInstance,
  deps: RelayDeps,
  guards: Guards,
  isDraining: () => boolean,
): Promise<void> {
  const { config, limits, logger, redis } = deps;
  const project = { id: config.projectId, number: config.projectNumber };
  const { tokens, requireAccess, rateLimiter, requestLimits, admin, requestAudit: audit } = guards;
  const authentication = { tokens, audit, revocations: admin?.revocations, limits: requestLimits };
  const providerContext = { dispatcher: deps.providerDispatcher, logger, limits: limits.providers };
  registerRoutes(app, {
    readiness: { isDraining, pingRedis: () => redis.ping() },
    registration: { ...authentication, meter: deps.metrics, now: deps.now },
    providers: createProviders(config, providerContext),
    appProvider: createAppProvider(config, providerContext),
  });
  registerConversationName(app, {
    project,
    names: conversationNamesIn(redis),
    requireToken: requireToken(authentication),
    requireAccess,
  });
  const proxy = dialogflowProxy({
    project,
    endpoint: config.dialogflowEndpoint,
    credentials: deps.credentials,
    authenticate: requireToken({
      ...authentication,
      also: (_request, claims) => rateLimiter.called(claims),
    }),
    requireAccess,
    takeQuota: (quota, claims) => rateLimiter.takeQuota(quota, claims),
    audit,
    limits: limits.dialogflow,
  });
  await app.register(proxy);
  admin?.register(app);
  if (deps.clientScript !== undefined) registerClientScript(app, deps.clientScript);
  if (deps.desktop) await app.register(deps.desktop);
  await app.ready();
}
