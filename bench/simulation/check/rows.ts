// The rows of the check: what the model says, and what was measured.
import { eventsOf, interimsOf } from '../call.ts';
import { type Commands, TRIALS_PER_SECOND, times } from '../commands.ts';
import { EVERY, LIVES } from '../deployment.ts';
import { peakPerSecond, seeded, simulateWave, socketIoBackoff, timeUntil } from '../waves.ts';
import { outputBytes } from './bytes.ts';
import type { DesktopsReport } from './desktops-process.ts';
import { byNode, callsOf, clockwork, joinsOf, type Keyed, type PlannedDesktop, rejoinsOf } from './keyed.ts';
import type { Row } from './row.ts';
import type { CheckState } from './state.ts';
import { between, type NodeStatistics, sumOf } from './statistics.ts';

export interface Taken {
  before: readonly NodeStatistics[];
  after: readonly NodeStatistics[];
  seconds: number;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

function measuredOf({ before, after }: Taken): Record<string, number>[] {
  return after.map((node, index) => between(before[index]?.commands ?? {}, node.commands));
}

/** What relays do by the clock on all nodes. */
function background(
  { options, fixture, warm, plan }: CheckState,
  { seconds, before }: Taken,
  phase: Row['phase'],
): Commands[] {
  const { relays } = options;
  const followed = phase === 'join' ? warm.length : warm.length + plan.length;
  const renewals = { set: (followed * seconds) / EVERY.presence / before.length };
  // Rooms without events read their log's top (`delivery/hub.ts`). Those that have just been made begin later.
  const late = Math.max(0, seconds - 1.5 * EVERY.idleCheck) ** 2 / (2 * seconds);
  const quiet = phase === 'join' ? warm.length * seconds + plan.length * late : warm.length * seconds;
  const reads = quiet / EVERY.idleCheck / before.length;
  const onEach = sumOf([
    times(TRIALS_PER_SECOND, relays * seconds),
    renewals,
    { evalsha_ro: reads, hmget: reads },
  ]);
  const { nodes, nodeOf } = fixture.cluster;
  const own = byNode(clockwork(relays, seconds), options.primaries, nodeOf);
  return nodes.map((_, index) => sumOf([onEach, own[index] ?? {}]));
}

/** Rows for commands over all nodes, and for those of each node. */
function commandRows(
  phase: Row['phase'],
  state: CheckState,
  taken: Taken,
  {
    keyed,
    exact,
    clock,
    each,
  }: { keyed: readonly Keyed[]; exact: readonly string[]; clock: readonly string[]; each: string },
): Row[] {
  const { nodes, nodeOf } = state.fixture.cluster;
  const acts = byNode(keyed, nodes.length, nodeOf);
  const predicted = background(state, taken, phase).map((own, n) => sumOf([own, acts[n] ?? {}]));
  const measured = measuredOf(taken);
  const [ofAll, found] = [sumOf(predicted), sumOf(measured)];
  // A script that a node does not know yet is sent once more, with its text.
  const row = (isExact: boolean) => (name: string) => ({
    phase,
    what: name.toUpperCase(),
    predicted: ofAll[name] ?? 0,
    measured: found[name] ?? 0,
    isExact,
  });
  const ofNodes = nodes.map((_, n) => ({
    phase,
    what: `${each.toUpperCase()}, node ${n + 1}`,
    predicted: predicted[n]?.[each] ?? 0,
    measured: measured[n]?.[each] ?? 0,
    isExact: true,
  }));
  return [...exact.map(row(true)), ...ofNodes, ...clock.map(row(false))];
}

export function rowsOfJoins(state: CheckState, taken: Taken, reports: readonly DesktopsReport[]): Row[] {
  const { plan, warm, relays, options } = state;
  const phase = 'join';
  const trace = 1;
  return [
    ...commandRows(phase, state, taken, {
      keyed: joinsOf(plan),
      exact: ['ssubscribe', 'multi', 'hincrby', 'zremrangebyrank'],
      clock: ['evalsha_ro', 'hmget', 'set', 'exists', 'hget'],
      each: 'ssubscribe',
    }),
    {
      phase,
      what: 'desktops joined',
      predicted: warm.length + plan.length,
      measured: sum(reports.map(({ joined }) => joined)),
      isExact: true,
    },
    {
      phase,
      what: 'channels with a subscriber',
      predicted: new Set([...warm, ...plan].map(({ conversation }) => conversation)).size + trace,
      measured: sum(taken.after.map(({ channels }) => channels)),
      isExact: true,
    },
    {
      phase,
      what: 'connections to Redis',
      // Commands, reads and subscriptions of each relay, and the check's own two.
      predicted: relays.length * 3 * options.primaries + 2 * options.primaries,
      measured: sum(taken.after.map(({ connections }) => connections)),
      isExact: false,
    },
  ];
}

export function rowsOfCalls(
  state: CheckState,
  taken: Taken,
  before: readonly DesktopsReport[],
  after: readonly DesktopsReport[],
): Row[] {
  const { plan, options } = state;
  const { call, costs } = options;
  const phase = 'calls';
  const conversations = [...new Set(plan.map(({ conversation }) => conversation))];
  const events = (reports: readonly DesktopsReport[]) => sum(reports.map((report) => report.events));
  const { redis } = costs;
  const ids = Math.min(interimsOf(call), 1_024) / IDS_MEASURED;
  const callBytes =
    redis.conversationBytes +
    (call.messages - 1) * redis.messageBytes +
    call.suggestions * redis.suggestionBytes +
    ids * redis.interimIdsBytes;
  const grown = sum(taken.after.map((node, n) => node.usedMemory - (taken.before[n]?.usedMemory ?? 0)));
  const sent = sum(taken.after.map((node, n) => node.outputBytes - (taken.before[n]?.outputBytes ?? 0)));
  return [
    ...commandRows(phase, state, taken, {
      keyed: callsOf(conversations, call),
      exact: [
        'spublish',
        'xadd',
        'sismember',
        'hkeys',
        'scard',
        'sadd',
        'hdel',
        'rename',
        'zscore',
        'pexpire',
      ],
      clock: ['evalsha', 'expire', 'hget', 'set', 'exists'],
      each: 'spublish',
    }),
    {
      phase,
      what: 'events that came to desktops',
      predicted: plan.length * eventsOf(call),
      measured: events(after) - events(before),
      isExact: true,
    },
    {
      phase,
      what: 'bytes that Redis sent',
      predicted: Math.round(outputBytes(plan, call)),
      measured: sent,
      isExact: false,
    },
    {
      phase,
      what: 'memory of a conversation in Redis, bytes',
      predicted: Math.round(callBytes),
      measured: Math.round(grown / conversations.length),
      isExact: false,
    },
  ];
}

/** Ids in the two sets after 3,000 interim transcripts: 512 in the older, the rest in the newer. */
const IDS_MEASURED = 512 + (3_000 % 512);

interface Wave {
  moved: readonly PlannedDesktop[];
  startedAt: number;
  reports: readonly DesktopsReport[];
}

export function rowsOfWave(state: CheckState, taken: Taken, { moved, startedAt, reports }: Wave): Row[] {
  const { options } = state;
  const phase = 'replacement';
  const random = seeded(1);
  const { joins } = simulateWave({
    starts: moved.map(() => random() * LIVES.drainSpread),
    relays: options.relays,
    connectSeconds: options.costs.relay.joinMicros / 1e6,
    pendingMax: 2_500,
    patience: 10,
    backoff: socketIoBackoff,
    end: Number.POSITIVE_INFINITY,
    random,
  });
  const rejoins = reports.flatMap((report) => report.rejoins).map((at) => (at - startedAt) / 1_000);
  const losses = sum(reports.map((report) => report.losses.length));
  const timed = (what: string, predicted: number, measured: number): Row => ({
    phase,
    what,
    predicted: Math.round(predicted * 100) / 100,
    measured: Math.round(measured * 100) / 100,
    isExact: false,
  });
  return [
    { phase, what: 'connections lost', predicted: moved.length, measured: losses, isExact: true },
    {
      phase,
      what: 'desktops that joined again',
      predicted: moved.length,
      measured: rejoins.length,
      isExact: true,
    },
    ...commandRows(phase, state, taken, {
      keyed: rejoinsOf(moved),
      exact: ['spublish', 'multi', 'zremrangebyrank'],
      clock: ['ssubscribe', 'evalsha_ro', 'hget', 'exists'],
      each: 'spublish',
    }),
    timed(
      'seconds until half were in',
      timeUntil(0.5, joins, moved.length),
      timeUntil(0.5, rejoins, moved.length),
    ),
    timed(
      'seconds until 99 % were in',
      timeUntil(0.99, joins, moved.length),
      timeUntil(0.99, rejoins, moved.length),
    ),
    timed('most joins in a second', peakPerSecond(joins), peakPerSecond(rejoins)),
  ];
}
