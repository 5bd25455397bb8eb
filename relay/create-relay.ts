import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { FastifyPluginAsync } from 'fastify';
import type { Dispatcher } from 'undici';
import { CLOSE } from '../shared/close-codes.ts';
import { publish, type Redis } from '../shared/redis.ts';
import { createEventLog } from '../shared/stream/event-log.ts';
import { RoomRegistry } from './delivery/hub.ts';
import { Presence } from './delivery/presence.ts';
import { openSubscriber } from './delivery/pubsub/open-subscriber.ts';
import { dialogflowProxy } from './dialogflow/proxy.ts';
import type { Credentials } from './google/credentials.ts';
import { createGuards, type GuardsDeps } from './guards.ts';
import { requireToken } from './http/authenticate.ts';
import { conversationNamesIn } from './http/conversation-name-store.ts';
import { originCheck } from './http/origins.ts';
import { registerClientScript } from './http/pages/client-script.ts';
import { Newcomers } from './http/pending-connections.ts';
import { createHttp } from './http/server.ts';
import { DIALOGFLOW_TIMEOUT_MS, DRAIN_SPREAD_MS, PROXY_BODY_MAX_BYTES } from './limits.ts';
import { measuredReads, measuredRooms } from './metrics/measured.ts';
import { createAppProvider, createProviders } from './providers/providers.ts';
import { type ConnectionAge, closeSpread } from './session/lifecycle.ts';
import { ControlChannel, controlChannelOf } from './session/resume/control-channel.ts';
import { Parking } from './session/resume/parking.ts';
import { attachSocketIo } from './socketio/server.ts';
import { routeUpgrades } from './upgrade.ts';
import { createNativeServer } from './websocket/server.ts';

export interface RelayDeps extends Omit<GuardsDeps, 'eventLog'> {
  /** For commands; what the relay hears through it opens by itself. */
  redis: Redis;
  credentials: Credentials;
  /** When Socket.IO connections are closed for their age; the default is that of `limits.ts`. */
  connectionAge?: ConnectionAge | undefined;
  /** How often Socket.IO asks for a heartbeat, in milliseconds; the default is its own. */
  heartbeatMs?: number | undefined;
  /** How many may be there without a token; the default is that of `limits.ts`. */
  newcomersMax?: number | undefined;
  /** Carries the calls to identity providers; it stays the caller's to close. */
  providerDispatcher: Dispatcher;
  /** The text of the browser client that is served at `/client.js`. */
  clientScript?: string | undefined;
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
  const guards = createGuards({ ...deps, eventLog });
  const { tokens, access, requireAccess, limits, admin, audit, requestAudit, sourceOf } = guards;
  const revocations = admin?.revocations;

  const providerContext = { dispatcher: deps.providerDispatcher, logger };
  const newcomers = new Newcomers(deps.newcomersMax);
  const app = await createHttp({
    log: logger,
    project,
    tokens,
    requireAccess,
    audit: requestAudit,
    revocations,
    limits,
    now: deps.now,
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
        also: (_request, claims) => limits.called(claims),
      }),
      requireAccess: async (...asked) => {
        const conversation = await requireAccess(...asked);
        // Last, so that a request which is refused takes nothing from the others.
        await limits.takeQuota(asked[0]);
        return conversation;
      },
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
    sessions: guards.sessions,
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
    await guards.close();
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
