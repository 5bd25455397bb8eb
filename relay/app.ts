import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { FastifyPluginAsync } from 'fastify';
import { CLOSE } from '../shared/close-codes.ts';
import type { Logger } from '../shared/log.ts';
import type { Redis } from '../shared/redis.ts';
import { createEventLog } from '../shared/stream/event-log.ts';
import { Sessions } from './access/sessions.ts';
import { requireToken } from './auth/authenticate.ts';
import { createTokens } from './auth/jwt.ts';
import { createAppProvider, createProviders } from './auth/providers.ts';
import type { KeyRing } from './auth/signing-key.ts';
import type { RelayConfig } from './config.ts';
import type { Credentials } from './dialogflow/credentials.ts';
import { dialogflowProxy } from './dialogflow/proxy.ts';
import { registerClientScript } from './http/client-script.ts';
import { conversationNamesIn } from './http/conversation-name-store.ts';
import { createHttp } from './http/server.ts';
import { type ConnectionAge, closeSpread } from './lifecycle.ts';
import { DIALOGFLOW_TIMEOUT_MS, DRAIN_SPREAD_MS, PROXY_BODY_MAX_BYTES } from './limits.ts';
import { originCheck } from './origins.ts';
import { ControlChannel, controlChannelOf } from './rooms/control-channel.ts';
import { Parking } from './rooms/parking.ts';
import { Presence } from './rooms/presence.ts';
import { RoomRegistry } from './rooms/registry.ts';
import { Subscriber } from './rooms/subscriber.ts';
import { attachSocketIo } from './sockets/socket-io.ts';
import { routeUpgrades } from './sockets/upgrade.ts';
import { createNativeServer } from './sockets/websocket.ts';

export interface RelayDeps {
  config: RelayConfig;
  logger: Logger;
  /** For commands. */
  redis: Redis;
  /** For pub/sub only, made with `autoResubscribe: false`. */
  subscriberRedis: Redis;
  /** Asked at every use, so that keys may change while the relay runs. */
  keyRing: () => KeyRing;
  credentials: Credentials;
  /** By which tokens are judged, in milliseconds since 1970; the default is `Date.now`. */
  now?: (() => number) | undefined;
  /** When Socket.IO connections are closed for their age; the default is that of `limits.ts`. */
  connectionAge?: ConnectionAge | undefined;
  /** Carries the calls to identity providers; the default is Node's own `fetch`. */
  providerFetch?: typeof fetch | undefined;
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

/** Builds the relay out of its parts; nothing listens yet. The two connections to Redis stay the caller's. */
export async function createRelay(deps: RelayDeps): Promise<Relay> {
  const { config, logger, redis, subscriberRedis } = deps;
  const project = { id: config.projectId, number: config.projectNumber };
  const id = randomUUID();
  let isDraining = false;

  const subscriber = new Subscriber({
    redis: subscriberRedis,
    publish: (channel, message) => redis.publish(channel, message),
    ownChannel: controlChannelOf(id),
    logger,
    onMessage: (channel, message) => rooms.receive(channel, message),
    onOwnMessage: (message) => {
      control
        .receive(message)
        .catch((err: unknown) => logger.warn({ err }, 'another relay was not answered'));
    },
    onReconnect: () => void rooms.repairAll(),
  });
  const control = new ControlChannel({
    relay: id,
    publish: (channel, message) => redis.publish(channel, message),
    probe: (connection) => io.probe(connection),
  });
  const presence = new Presence(redis, id, logger);
  const eventLog = createEventLog(redis, config);
  const rooms = new RoomRegistry({ eventLog, subscriber, presence, logger });
  const sessions = new Sessions({ redis, eventLog, maxSeconds: config.sessionMaxSeconds, now: deps.now });
  const tokens = createTokens({
    projectId: config.projectId,
    lifetimeSeconds: config.jwtLifetimeSeconds,
    keyRing: deps.keyRing,
    now: deps.now,
  });

  const providerContext = { fetch: deps.providerFetch ?? fetch, logger };
  const app = await createHttp({
    log: logger,
    project,
    tokens,
    providers: createProviders(config, providerContext),
    appProvider: createAppProvider(config, providerContext),
    conversationNames: conversationNamesIn(redis),
    readiness: { isDraining: () => isDraining, pingRedis: () => redis.ping() },
    allowedOrigins: config.allowedOrigins,
  });
  await app.register(
    dialogflowProxy({
      project,
      endpoint: config.dialogflowEndpoint,
      credentials: deps.credentials,
      authenticate: requireToken(tokens),
      timeoutMs: DIALOGFLOW_TIMEOUT_MS,
      maxBodyBytes: PROXY_BODY_MAX_BYTES,
    }),
  );
  if (deps.clientScript !== undefined) registerClientScript(app, deps.clientScript);
  if (deps.desktop) await app.register(deps.desktop);
  await app.ready();

  const io = attachSocketIo(app.server, {
    tokens,
    sessions,
    connectionAge: deps.connectionAge,
    allowedOrigins: config.allowedOrigins,
    project,
    rooms,
    parking: new Parking(redis, id),
    control,
    replayOnJoin: config.replayOnJoin,
    isDraining: () => isDraining,
    logger,
  });
  const native = createNativeServer({ project, tokens, rooms, logger });
  routeUpgrades(app.server, native, {
    isAllowedOrigin: originCheck(config.allowedOrigins),
    isDraining: () => isDraining,
  });

  let closing: Promise<void> | undefined;
  async function close(): Promise<void> {
    isDraining = true;
    // The sockets first: the HTTP server does not close while one is open.
    await closeSpread([...native.connections(), ...io.desktops()], CLOSE.draining, DRAIN_SPREAD_MS);
    await io.close();
    await app.close();
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
