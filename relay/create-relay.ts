import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { CLOSE } from '../shared/close-codes.ts';
import { createEventLog } from '../shared/stream/event-log.ts';
import { createAccessRing } from './access/access-ring.ts';
import { DesktopCounts } from './conversations/desktop-counts.ts';
import { createHttp } from './create-http.ts';
import { Hub } from './delivery/hub.ts';
import { Presence } from './delivery/presence/presence.ts';
import { openSubscriber } from './delivery/pubsub/open-subscriber.ts';
import { originCheck } from './http/browsers/origin-check.ts';
import { foldLeadingSlashes } from './http/fold-slashes.ts';
import { createTokens } from './identity/tokens.ts';
import { AgentLimiter } from './rate-limits/agent-limiter.ts';
import { authorizerTurns } from './rate-limits/authorizer-turns.ts';
import { boundPipelining } from './rate-limits/bound-pipelining.ts';
import { PendingConnections } from './rate-limits/pending-connections.ts';
import { RateLimiter } from './rate-limits/rate-limiter.ts';
import { RedisHealth } from './redis-health/redis-health.ts';
import { Refusals } from './refusals/refusals.ts';
import type { RelayDeps } from './relay-deps.ts';
import { closeSpread } from './session/lifecycle.ts';
import { Resume } from './session/resume/resume.ts';
import { attachSocketIo } from './socketio/server.ts';
import { createStreams } from './streams/create-streams.ts';
import { createTrace } from './trace/create-trace.ts';
import { routeUpgrades } from './upgrade.ts';
import { createNativeServer } from './websocket/server.ts';

export interface Relay {
  /** Listens on all addresses, or on one; resolves with the port. */
  listen(port: number, host?: string): Promise<number>;
  /** Stops taking requests, closes every socket and resolves when all is closed. A second call does nothing more. */
  close(): Promise<void>;
}

/** Builds the relay out of its parts; nothing listens yet. The connection to Redis stays the caller's. */
export async function createRelay(deps: RelayDeps): Promise<Relay> {
  const { config, limits, logger, redis, metrics, now } = deps;
  const draining = new AbortController();

  const relay = randomUUID();
  const redisHealth = new RedisHealth({ ...deps, relay, limits: limits.redisHealth, meter: metrics });
  const { reads, lostWrites: lost, state: redisState } = redisHealth;
  const trace = createTrace({ ...deps, relay, reads, redisState });
  const refusals = new Refusals({ logger, meter: metrics, onNoted: trace.onRefused });
  const eventLog = createEventLog(reads, config);
  const subscriber = openSubscriber(config, redis, limits.delivery.subscriberSilenceMs, {
    logger,
    onMessage: (channel, message) => trace.takes(channel, message) || hub.receive(channel, message),
    onRestored: (channels) => {
      metrics?.reconnected('pubsub');
      void hub.repair(channels);
    },
  });
  const isRevocable = deps.adminToken !== undefined;
  const turns = authorizerTurns(limits.access);
  const accessDeps = { redis, reads, eventLog, logger, limits: limits.access, isRevocable, turns, now };
  const listeners = { onRefused: lost.of('joins'), onAudited: trace.onAudited };
  const accessRing = createAccessRing(config, { ...accessDeps, ...listeners });
  const presence = new Presence(redis, relay, lost.of('presence'), limits.delivery.presenceRenewMs);
  const resumeDeps = { redis, reads, config, audit: accessRing.audit, refusals, logger, meter: metrics };
  const resume = new Resume({ ...resumeDeps, onRefused: lost.of('places') });
  const hubDeps = { eventLog, subscriber, presence, logger, limits: limits.delivery, meter: metrics };
  const desktops = new DesktopCounts({ redis, relay, limits, onRefused: lost.of('desktops') });
  const hub = new Hub({ ...hubDeps, onOtherMessage: (message) => resume.receive(message) });

  const guards = {
    ...accessRing,
    tokens: createTokens({
      projectId: config.projectId,
      lifetimeSeconds: config.jwtLifetimeSeconds,
      keyRing: deps.keyRing,
      pollKeys: deps.pollKeys,
      now,
    }),
    rateLimiter: new RateLimiter({
      redis,
      analyzeContentPerMinute: config.analyzeContentPerMinute,
      limits: limits.rateLimits,
      now,
    }),
    agents: new AgentLimiter({ limits: limits.rateLimits, joinRate: limits.session.joinRate }),
    pendingConnections: new PendingConnections(limits.http.pendingConnectionsMax, () =>
      refusals.note('limit-pending'),
    ),
    isAllowedOrigin: originCheck(config.allowedOrigins),
    refusals,
    isDraining: () => draining.signal.aborted,
    redisHealth,
  };
  const { app, admin } = await createHttp(deps, guards, trace);

  const counted = trace.follow(desktops.counting(hub));
  const shared = { ...guards, hub: counted, limits: limits.session, meter: metrics, logger };
  const streams = createStreams(deps, { ...shared, draining: draining.signal });
  const socketIo = attachSocketIo(app.server, {
    ...shared,
    streams,
    resume,
    allowsCredentials: config.allowedOrigins !== undefined,
    socketIoLimits: limits.socketIo,
  });
  const native = createNativeServer({ ...shared, streams, webSocketLimits: limits.webSocket });
  routeUpgrades(app.server, native, shared);
  boundPipelining(app.server, limits.http.pipelinedMax, refusals);
  foldLeadingSlashes(app.server);
  const byProtocol = { native: native.sessions, socketio: socketIo.sessions };
  const sessions = () => [...native.sessions(), ...socketIo.sessions()];
  trace.start(subscriber, byProtocol);
  const stopEnforcing = admin?.enforce(sessions, streams.revoked);

  redis.on('reconnecting', () => metrics?.reconnected('commands'));
  metrics?.observe({ sessions: byProtocol, conversations: () => hub.size, redis: redisHealth });

  async function close(): Promise<void> {
    draining.abort();
    stopEnforcing?.();
    // The sockets first: the HTTP server does not close while one is open.
    await closeSpread(sessions(), CLOSE.draining, limits.session.drainSpreadMs);
    await socketIo.close();
    await app.close();
    await accessRing.close();
    for (const part of [hub, presence, desktops, trace, subscriber, resume, redisHealth, streams, refusals])
      part.close();
  }

  let closing: Promise<void> | undefined;
  return {
    async listen(port, host = '::') {
      await app.listen({ port, host });
      return (app.server.address() as AddressInfo).port;
    },
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}
