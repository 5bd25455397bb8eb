// What a deployment does in the busiest hour, when all agents work. Pure.
import { LIMITS } from '../../relay/limits.ts';
import { eventsOf, interimsOf } from './call.ts';
import {
  COUNTS_WRITE,
  type Commands,
  JOIN_NOTE,
  joinOfConversation,
  NOTES_OF_CALL,
  plus,
  REVOCATION_CHECKS,
  totalOf,
} from './commands.ts';
import type { MeasuredCosts } from './costs.ts';
import {
  CALL,
  CALL_SECONDS,
  CALLS_AN_HOUR,
  EVERY,
  HOURS_A_DAY,
  LIVES,
  RELAY_CONNECTIONS_A_PRIMARY,
  type Settings,
} from './deployment.ts';
import { limitOf } from './quotas.ts';

/** Rates are a second, memory is in bytes, processor time in processors. */
export interface Steady {
  agents: number;
  calls: number;
  events: number;
  interims: number;
  relays: number;
  /** Instances of the function of interim transcripts, and of all four. */
  interimFunctions: number;
  functions: number;
  /** 1 where one Redis is enough, else the primaries of a cluster. */
  shards: number;
  redisBytes: number;
  /** Commands that clients send, appends among them, to the busiest shard. */
  operationsAShard: number;
  /** How busy the busiest shard is, as a part of one processor. */
  shardBusy: number;
  /** Connections to each shard. */
  connectionsAShard: number;
  /** Messages of pub/sub that Redis sends to relays, and their bytes. */
  messages: number;
  messageBytes: number;
  /** How busy one relay is. */
  relayBusy: number;
  joins: number;
  /** Requests to keys that all relays share: revocations, the list of calls, the relays with desktops. */
  shared: { revocations: number; index: number; desktops: number };
  /** Commands for one supervisor's wall, which reads ten pages of the list of calls every 3 s. */
  wall: number;
}

const HOUR = 3_600;
/** Bytes of an event on its channel: the envelope of an interim transcript, and the header before it. */
const MESSAGE_BYTES = 850;
const SHARDS_MIN = 3;
/** A page takes two commands, one for each relay's counts, and one for each call. */
const WALL_PAGES = 10;
const WALL_SECONDS = 3;

export function steady(agents: number, settings: Settings, costs: MeasuredCosts): Steady {
  const { busyPart } = settings;
  const calls = (agents * CALLS_AN_HOUR) / HOUR;
  const events = calls * eventsOf(CALL);
  const interims = calls * interimsOf(CALL);
  const retained = events - interims;
  // Each connection joins again once an hour, and each agent joins each of its calls.
  const reconnects = agents / LIVES.connection;
  const joins = calls + reconnects;
  const relays = Math.max(1, Math.ceil(agents / (settings.relayConcurrency * busyPart)));
  const perFunction = eventsOfInstance(busyPart, costs);
  const interimFunctions = Math.ceil(interims / perFunction);
  const functions = interimFunctions + 3 * Math.ceil((events - interims) / 3 / perFunction);
  const redisBytes = memory(agents, costs);

  const { revocations, index, desktops } = sharedCommands(settings, relays, { calls, joins });
  const spread = joins * totalOf(sentCommands(joinCommands())) + presence(agents) + agents / EVERY.heartbeat;
  const { redis } = costs;
  const suggestions = calls * CALL.suggestions;
  const appendBusy =
    (interims * redis.interimMicros +
      (retained - suggestions) * redis.messageMicros +
      suggestions * redis.suggestionMicros +
      events * redis.receiverMicros) /
    1e6;
  const busyOf = (shards: number) =>
    (appendBusy + (spread * redis.commandMicros) / 1e6) / shards +
    ((trialsOf(relays) + revocations + index + desktops) * redis.commandMicros) / 1e6;
  const bytesOf = (shards: number) =>
    redisBytes / shards + connectionsOf(relays, functions) * redis.connectionBytes;
  const shards = shardsFor(busyOf, bytesOf, settings);
  return {
    agents,
    calls,
    events,
    interims,
    relays,
    interimFunctions,
    functions,
    shards,
    redisBytes,
    operationsAShard: (events + spread) / shards + trialsOf(relays) + revocations + index + desktops,
    shardBusy: busyOf(shards),
    connectionsAShard: connectionsOf(relays, functions),
    messages: events,
    messageBytes: events * MESSAGE_BYTES,
    relayBusy:
      ((events / relays) * costs.relay.deliveryMicros +
        (joins / relays) * costs.relay.joinMicros +
        costs.relay.idleMicrosPerSecond) /
      1e6,
    joins,
    shared: { revocations, index, desktops },
    wall: (WALL_PAGES / WALL_SECONDS) * (2 + relays + LIMITS.conversations.listPageMax),
  };
}

/** One Redis while it has room and time; then the fewest primaries that have both. */
function shardsFor(
  busyOf: (shards: number) => number,
  bytesOf: (shards: number) => number,
  { busyPart }: Settings,
): number {
  if (busyOf(1) <= busyPart && bytesOf(1) <= limitOf('redis-single-gigabytes') * 1e9) return 1;
  const room = limitOf('redis-node-gigabytes') * 1e9;
  for (let shards = SHARDS_MIN; ; shards++)
    if ((busyOf(shards) <= busyPart && bytesOf(shards) <= room) || shards === SHARDS_END) return shards;
}

/** More than any deployment has: the hot keys alone are too much for a shard. */
const SHARDS_END = 10_000;

/** Events a second that one instance of a function takes. Each kind has a function of its own. */
const eventsOfInstance = (busyPart: number, costs: MeasuredCosts): number =>
  Math.min((busyPart * 1e6) / costs.function.eventMicros, limitOf('run-requests-per-instance'));

export const connectionsOf = (relays: number, functions: number): number =>
  relays * RELAY_CONNECTIONS_A_PRIMARY + functions;

const trialsOf = (relays: number): number => (relays * 2) / EVERY.trial;
const presence = (agents: number): number => agents / EVERY.presence;

const joinCommands = (): Commands =>
  plus(JOIN_NOTE, joinOfConversation({ isBack: true, isFirst: true, entries: undefined }));

/** What a client sends: scripts' own commands are not among it. */
function sentCommands(commands: Commands): Commands {
  const { hmget = 0, ...sent } = commands;
  return { ...sent, hmget: Math.max(0, hmget - 1) };
}

/** Commands a second to keys that one shard has for everybody. */
export function sharedCommands(
  { isRevocable }: Pick<Settings, 'isRevocable'>,
  relays: number,
  { calls, joins }: { calls: number; joins: number },
) {
  const polls = isRevocable ? relays / EVERY.revocationPoll + joins * totalOf(REVOCATION_CHECKS) : 0;
  // A relay writes changed counts at most once in each interval; a call begins and ends a stay.
  const changes = (2 * joins) / relays;
  const writes = relays * Math.min(changes, 1 / (EVERY.countsFlush + 1 / Math.max(changes, 1e-9)));
  const { zadd = 0, expire = 0 } = COUNTS_WRITE;
  return {
    revocations: polls,
    index: calls * (NOTES_OF_CALL.evalsha ?? 0),
    desktops: writes * (zadd + expire / 2) + (relays * 3) / EVERY.countsRenewal,
  };
}

/** What Redis has at the end of a day of work, in the busiest hour. */
export function memory(agents: number, { redis }: MeasuredCosts): number {
  const log = CALL.messages * redis.messageBytes + CALL.suggestions * redis.suggestionBytes;
  const whole = redis.conversationBytes + log + redis.interimIdsBytes;
  const callsAnHour = agents * CALLS_AN_HOUR;
  const talking = (callsAnHour * CALL_SECONDS) / HOUR;
  const finished = (callsAnHour * LIVES.finishedLog) / HOUR;
  // The ids of a day of work are there until the next day.
  const earlier = callsAnHour * HOURS_A_DAY - finished;
  const joins = callsAnHour * HOURS_A_DAY;
  return (
    talking * ((whole + redis.conversationBytes) / 2) +
    finished * whole +
    earlier * redis.remainderBytes +
    joins * redis.joinBytes
  );
}

/** Commands that clients send for one desktop that comes back. */
export const REJOIN_COMMANDS = totalOf(sentCommands(joinCommands())) + totalOf(REVOCATION_CHECKS);
