import { EVENT_MAX_BYTES } from '../../shared/event.ts';
import type { CallEvent } from '../calls/call-event.ts';
import { type FaultShares, seededRandom } from '../calls/faults.ts';
import { SCENARIOS } from '../calls/scenarios/index.ts';
import { scheduleScenario } from '../calls/schedule.ts';
import { UsageError } from '../cli/usage-error.ts';
import { DEFAULTS, type SimulateOptions } from './options.ts';
import { readRecording } from './read-recording.ts';

/** What is played, wherever it is played. */
export interface Plan {
  calls: readonly (readonly CallEvent[])[];
  rate: number;
  speed: number;
  shares: FaultShares;
  /** Draws the faults. */
  seed: number;
  random: () => number;
  lateMs: number;
  /** What is played, as the end of a sentence. */
  description: string;
}

/** A run stops by itself, and a token lives an hour. */
const LONGEST_MS = 45 * 60_000;
const SEEDS = 1_000_000_000;

/**
 * @throws {UsageError} when the calls would take too long.
 * @throws {Error} when a recording cannot be read.
 */
export function planCalls(options: SimulateOptions): Plan {
  const {
    calls: count,
    rate,
    speed,
    lateMs,
  } = {
    calls: options.calls ?? DEFAULTS.calls,
    rate: options.rate ?? DEFAULTS.rate,
    speed: options.speed ?? DEFAULTS.speed,
    lateMs: options.late ?? DEFAULTS.lateMs,
  };
  const seed = seedOf(options);
  const { kinds, description } = kindsOf(options);
  const calls = Array.from({ length: count }, (_, index) => kinds[index % kinds.length] ?? []);
  requireBounded(calls, rate, speed);
  return {
    calls,
    rate,
    speed,
    shares: { duplicates: options.duplicates ?? 0, reorder: options.reorder ?? 0 },
    seed,
    random: seededRandom(seed),
    lateMs,
    description: `${count} ${count === 1 ? 'call' : 'calls'} (${description})`,
  };
}

/** A random one where none is given. */
export function seedOf({ seed }: SimulateOptions): number {
  return seed ?? Math.floor(Math.random() * SEEDS);
}

/** The calls that are played in turn, and their names. */
export function kindsOf({ replay, scenario, relay }: SimulateOptions): {
  kinds: CallEvent[][];
  description: string;
} {
  if (replay !== undefined)
    return { kinds: [readRecording(replay, { maxBytes: eventMaxBytes(relay) })], description: replay };
  const chosen = SCENARIOS.filter(({ name }) => scenario?.includes(name) ?? true);
  return {
    kinds: chosen.map(scheduleScenario),
    description: chosen.map(({ name }) => name).join(', '),
  };
}

/** The functions of a relay that runs may take larger messages; those of the command's own system have the default. */
function eventMaxBytes(relay: URL | undefined): number {
  const given = relay === undefined ? undefined : process.env.EVENT_MAX_BYTES;
  return given ? Number(given) : EVENT_MAX_BYTES;
}

function requireBounded(calls: Plan['calls'], rate: number, speed: number): void {
  const durations = calls.map((events) => (events.at(-1)?.atMs ?? 0) - (events[0]?.atMs ?? 0));
  const ms = ((calls.length - 1) * 1_000) / rate + Math.max(...durations) / speed;
  if (ms <= LONGEST_MS) return;
  const minutes = Math.ceil(ms / 60_000);
  throw new UsageError(
    `the calls would take ${minutes} minutes, of at most ${LONGEST_MS / 60_000}: choose fewer --calls, a higher --rate or a higher --speed`,
  );
}
