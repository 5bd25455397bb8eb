import { type KeyObject, randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { FastifyPluginAsync } from 'fastify';
import { CLOSE } from '../shared/close-codes.ts';
import type { Logger } from '../shared/log.ts';
import { publish, type Redis } from '../shared/redis.ts';
import { createEventLog } from '../shared/stream/event-log.ts';
import { type AuthorizerTimes, createAccess } from './access/create-access.ts';
import { Sessions } from './access/sessions.ts';
import { createAdmin } from './admin/create-admin.ts';
import { Audit } from './audit.ts';
import { requireToken } from './auth/authenticate.ts';
import { createTokens } from './auth/jwt.ts';
import { createAppProvider, createProviders } from './auth/providers.ts';
import type { KeyRing } from './auth/signing-key.ts';
import type { RelayConfig } from './config.ts';
import type { Credentials } from './dialogflow/credentials.ts';
import { dialogflowProxy } from './dialogflow/proxy.ts';
import { registerClientScript } from './http/client-script.ts';
import { conversationNamesIn } from './http/conversation-name-store.ts';
import { requestAccess } from './http/request-access.ts';
import { auditRequests } from './http/request-audit.ts';
import { createHttp } from './http/server.ts';
import { type ConnectionAge, closeSpread } from './lifecycle.ts';
import { RequestLimits } from './limiting/request-limits.ts';
import { DIALOGFLOW_TIMEOUT_MS, DRAIN_SPREAD_MS, PROXY_BODY_MAX_BYTES } from './limits.ts';
import { measuredAudit, measuredReads, measuredRooms } from './metrics/measured.ts';
import type { RelayMetrics } from './metrics/metrics.ts';
import { Newcomers } from './newcomers.ts';
import { originCheck } from './origins.ts';
import { ControlChannel, controlChannelOf } from './rooms/control-channel.ts';
import { Parking } from './rooms/parking.ts';
import { Presence } from './rooms/presence.ts';
import { RoomRegistry } from './rooms/registry.ts';
import { openSubscriber } from './rooms/subscriber.ts';
import { attachSocketIo } from './sockets/socket-io.ts';
import { routeUpgrades } from './sockets/upgrade.ts';
import { createNativeServer } from './sockets/websocket.ts';
import { sources } from './source.ts';

export interface RelayDeps {
  config: RelayConfig;
  logger: Logger;
  /** For commands; what the relay hears through it opens by itself. */
  redis: Redis;
  /** Asked at every use, so that keys may change while the relay runs. */
  keyRing: () => KeyRing;
  /** Brings the ring up to date when a token names a key that is not in it; see `key-ring.ts`. */
  lookForKeys?: (() => Promise<void>) | undefined;
  credentials: Credentials;
  /** By which tokens are judged, in milliseconds since 1970; the default is `Date.now`. */
  now?: (() => number) | undefined;
  /** When Socket.IO connections are closed for their age; the default is that of `limits.ts`. */
  connectionAge?: ConnectionAge | undefined;
  /** How often Socket.IO asks for a heartbeat, in milliseconds; the default is its own. */
  heartbeatMs?: number | undefined;
  /** How many may be there without a token; the default is that of `limits.ts`. */
  newcomersMax?: number | undefined;
  /** How long the authorizer may take, and how long its answers are kept; the defaults are those of `limits.ts`. */
  authorizerTimes?: AuthorizerTimes | undefined;
  /** Where there is one, `/admin/` is there for whoever has it. */
  adminToken?: KeyObject | undefined;
  /** How many attempts of one address may be refused a minute; the default is that of `limits.ts`. */
  refusalsPerMinute?: number | undefined;
  /** Carries the calls to identity providers; the default is Node's own `fetch`. */
  providerFetch?: typeof fetch | undefined;
  /** The text of the browser client that is served at `/client.js`. */
  clientScript?: string | undefined;
  /** Where what happens is counted, where somebody wants to know. */
  metrics?: RelayMetrics | undefined;
  /** The agent desktop page, where it is to be served. */
  desktop?: FastifyPluginAsync | undefined;
}

export interface Relay {
  /** Listens on all addresses, or on one; resolves with the port. */
  listen(port: number, host?: string): Promise<number>;
  /** Stops taking requests, closes every socket and resolves when all is closed. A second call does nothing more. */
  close(): Promise<void>;
}

/** Builds the relay out of its parts; nothing listens yet. The connection to Redis stays the caller's. */
export async function createRelay(deps: RelayDeps): Promise<Relay> {
  const { config, logger, redis, metrics } = deps;
  const project = { id: config.projectId, number: config.projectNumber };
  const id = randomUUID();
  let isDraining = false;

  const subscriber = openSubscriber(config, redis, {
    ownChannel: controlChannelOf(id),
    logger,
    onMessage: (channel, message) => rooms.receive(channel, message),
    onOwnMessage: (message) => {
      control
        .receive(message)
        .catch((err: unknown) => logger.warn({ err }, 'another relay was not answered'));
    },
    onRestored: (channels) => {
      metrics?.reconnected('pubsub');
      void rooms.repair(channels);
    },
  });
  const control = new ControlChannel({
    relay: id,
    publish: (channel, message) => publish(redis, channel, message),
    probe: (connection) => io.probe(connection),
  });
  const presence = new Presence(redis, id, logger);
  const plainLog = createEventLog(redis, config);
  const eventLog = metrics ? measuredReads(plainLog, metrics) : plainLog;
  const rooms = new RoomRegistry({ eventLog, subscriber, presence, logger });
  const isOnCloudRun = config.cloudRunService !== undefined;
  const sourceOf = sources(config.projectId, config.trustedProxies ?? (isOnCloudRun ? 1 : 0));
  const plainAudit = new Audit(logger);
  const audit = metrics ? measuredAudit(plainAudit, metrics) : plainAudit;
  const requestAudit = auditRequests(audit, sourceOf);
  const admin = createAdmin(deps.adminToken, {
    redis,
    project,
    maxSeconds: Math.max(config.sessionMaxSeconds, config.jwtLifetimeSeconds),
    audit: requestAudit,
    logger,
    now: deps.now,
  });
  const revocations = admin?.revocations;
  const sessions = new Sessions({
    redis,
    eventLog,
    maxSeconds: config.sessionMaxSeconds,
    revocations,
    now: deps.now,
  });
  const tokens = createTokens({
    projectId: config.projectId,
    lifetimeSeconds: config.jwtLifetimeSeconds,
    keyRing: deps.keyRing,
    lookForKeys: deps.lookForKeys,
    now: deps.now,
  });

  const providerContext = { fetch: deps.providerFetch ?? fetch, logger };
  const newcomers = new Newcomers(deps.newcomersMax);
  const limits = new RequestLimits({
    redis,
    sourceOf,
    analyzeContentPerMinute: config.analyzeContentPerMinute,
    refusalsPerMinute: deps.refusalsPerMinute,
  });
  const { access, close: closeAccess } = createAccess(config, {
    project,
    logger,
    revocations,
    times: deps.authorizerTimes,
  });
  const requireAccess = requestAccess({ access, audit: requestAudit, sourceOf });
  const app = await createHttp({
    log: logger,
    project,
    tokens,
    requireAccess,
    audit: requestAudit,
    revocations,
    limits,
    providers: createProviders(config, providerContext),
    appProvider: createAppProvider(config, providerContext),
    conversationNames: conversationNamesIn(redis),
    readiness: { isDraining: () => isDraining, pingRedis: () => redis.ping() },
    allowedOrigins: config.allowedOrigins,
    newcomers,
  });
  await app.register(
    dialogflowProxy({
      project,
      endpoint: config.dialogflowEndpoint,
      credentials: deps.credentials,
      authenticate: requireToken({
        tokens,
        audit: requestAudit,
        revocations,
        limits,
        also: (request, claims) => limits.called(request, claims),
      }),
      requireAccess,
      audit: requestAudit,
      timeoutMs: DIALOGFLOW_TIMEOUT_MS,
      maxBodyBytes: PROXY_BODY_MAX_BYTES,
    }),
  );
  admin?.register(app);
  if (deps.clientScript !== undefined) registerClientScript(app, deps.clientScript);
  if (deps.desktop) await app.register(deps.desktop);
  await app.ready();

  const watched = { rooms: metrics ? measuredRooms(rooms, metrics) : rooms, meter: metrics };
  const visiting = { ...watched, access, audit, limits, sourceOf, retryMs: deps.authorizerTimes?.retryMs };
  const io = attachSocketIo(app.server, {
    ...visiting,
    newcomers,
    tokens,
    sessions,
    connectionAge: deps.connectionAge,
    heartbeatMs: deps.heartbeatMs,
    allowedOrigins: config.allowedOrigins,
    project,
    parking: new Parking(redis, id),
    control,
    replayOnJoin: config.replayOnJoin,
    isDraining: () => isDraining,
    logger,
  });
  const native = createNativeServer({ ...visiting, revocations, project, tokens, newcomers, logger });
  routeUpgrades(app.server, native, {
    isAllowedOrigin: originCheck(config.allowedOrigins),
    isDraining: () => isDraining,
    newcomers,
  });

  redis.on('reconnecting', () => metrics?.reconnected('commands'));
  metrics?.observe({
    connections: {
      native: () => [...native.connections()].length,
      socketio: () => [...io.desktops()].length,
    },
    conversations: () => rooms.size,
  });

  const stopEnforcing = admin?.enforce(() => [...native.connections(), ...io.desktops()]);

  let closing: Promise<void> | undefined;
  async function close(): Promise<void> {
    isDraining = true;
    stopEnforcing?.();
    // The sockets first: the HTTP server does not close while one is open.
    await closeSpread([...native.connections(), ...io.desktops()], CLOSE.draining, DRAIN_SPREAD_MS);
    await io.close();
    await app.close();
    await closeAccess();
    rooms.close();
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
