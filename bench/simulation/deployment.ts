// What the model is told: how many agents there are, how they work, and how the deployment is set up.
import { LIMITS } from '../../relay/limits.ts';
import { OFFICE } from '../../scripts/operate/costs/costs.ts';
import { INTERIM_KIND, LIFECYCLE_KIND } from '../../shared/event.ts';
import { FINISHED_TTL_SECONDS } from '../../shared/stream/event-log.ts';
import type { CallShape } from './call.ts';

const { eventsAnHour } = OFFICE;

/** How an agent works, as docs/costs.md assumes. */
export const CALLS_AN_HOUR = eventsAnHour[LIFECYCLE_KIND] / 2;
export const CALL: CallShape = {
  messages: eventsAnHour['new-message-event'] / CALLS_AN_HOUR,
  interimsEach: eventsAnHour[INTERIM_KIND] / eventsAnHour['new-message-event'],
  suggestions: eventsAnHour['human-agent-assistant-event'] / CALLS_AN_HOUR,
};
/** A call of ten minutes, as docs/costs.md says. */
export const CALL_SECONDS = 600;
/** Hours of work before the busiest moment: a day of work leaves its ids in Redis until the next. */
export const HOURS_A_DAY = 8;

/** Settings of the deployment by the names of `.env.sample`, and what the model chooses itself. */
export interface Settings {
  /** `RELAY_CONCURRENCY`, connections of an instance at most. */
  relayConcurrency: number;
  /** `RELAY_MAX_INSTANCES` and `FUNCTION_MAX_INSTANCES`. */
  relayMaxInstances: number;
  functionMaxInstances: number;
  /** `REDIS_SIZE_GB`, of one Redis. */
  redisGib: number;
  /** Whether there is an administrator, whose revocations the relays ask for. */
  isRevocable: boolean;
  /** How busy a process may be, as a part of one: Cloud Run starts another instance at 60 %. */
  busyPart: number;
}

/** Those of `.env.sample`. */
export const DEFAULTS: Settings = {
  relayConcurrency: 1_000,
  relayMaxInstances: 18,
  functionMaxInstances: 20,
  redisGib: 5,
  isRevocable: true,
  busyPart: 0.6,
};

/** Intervals of the relay, in seconds. */
export const EVERY = {
  trial: LIMITS.redisHealth.trialEveryMs / 1_000,
  revocationPoll: LIMITS.admin.revocationPollMs / 1_000,
  presence: LIMITS.delivery.presenceRenewMs / 1_000,
  idleCheck: LIMITS.delivery.idleCheckMs / 1_000,
  countsFlush: LIMITS.conversations.desktopsFlushMs / 1_000,
  countsRenewal: LIMITS.conversations.desktopsRenewMs / 1_000,
  heartbeat: LIMITS.socketIo.heartbeatMs / 1_000,
};

/** Life of a connection and of a conversation, in seconds. */
export const LIVES = {
  connection: LIMITS.session.connectionAgeMs / 1_000,
  connectionJitter: LIMITS.session.connectionAgeJitterMs / 1_000,
  drainSpread: LIMITS.session.drainSpreadMs / 1_000,
  finishedLog: FINISHED_TTL_SECONDS,
  /** How much longer all but the log lives. */
  remainder: FINISHED_TTL_SECONDS + 86_400,
  /** Of a token, and of what a token may go on with: `JWT_LIFETIME_SECONDS`, `SESSION_MAX_SECONDS`. */
  token: 3_600,
  session: 43_200,
};

/** Connections that a relay has to each primary: its commands, its reads and its subscriptions. */
export const RELAY_CONNECTIONS_A_PRIMARY = 3;

/** Sizes that docs/scale.md shows. */
export const SIZES = [100, 10_000, 1_000_000] as const;
