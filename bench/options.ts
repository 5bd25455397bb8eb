import { parseArgs } from 'node:util';

export interface BenchOptions {
  help: boolean;
  /** Letters of the benchmarks to run. */
  only: readonly string[];
  rounds: number;
  /** Short measurements: shows that everything runs, its figures say little. */
  quick: boolean;
  /** File that takes the figures as JSON. */
  json: string | undefined;
  /** Folder that takes a CPU profile of every measured process. */
  profile: string | undefined;
}

/** The user's command line is wrong; the message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const BENCHMARK_KEYS = ['a', 'b', 'c', 'd', 'e'] as const;

const ROUNDS = 5;
const QUICK_ROUNDS = 2;
const ROUNDS_MAX = 50;

export const USAGE = `Usage: npm run bench -- [options]

Measures the built functions and relay against floors that do the least work on the same wire, on loopback, in about
five minutes. Nothing else should run meanwhile.

  --only=a,b       only these:
                     a  events/s of one function
                     b  latency from publish to a Socket.IO desktop at 100 events/s
                     c  deliveries/s of one event to 200 viewers
                     d  cold start of a function
                     e  memory of a joined Socket.IO desktop
  --rounds=N       rounds of each (default ${ROUNDS})
  --quick          short measurements, ${QUICK_ROUNDS} rounds: shows that everything runs, the figures say little
  --json=FILE      write the figures to a file
  --profile=DIR    write a CPU profile of every measured process, for Chrome DevTools; slows all of them
  --help           print this`;

/** @throws {UsageError} */
export function parseBenchOptions(args: string[]): BenchOptions {
  const { help, only, rounds, quick, json, profile } = parse(args);
  const keys = only === undefined ? [...BENCHMARK_KEYS] : only.split(',');
  const unknown = keys.filter((key) => !(BENCHMARK_KEYS as readonly string[]).includes(key));
  if (unknown.length > 0) throw new UsageError(`--only takes letters of ${BENCHMARK_KEYS.join(',')}`);
  if (rounds !== undefined && !(/^[1-9]\d?$/.test(rounds) && Number(rounds) <= ROUNDS_MAX)) {
    throw new UsageError(`--rounds takes a number from 1 to ${ROUNDS_MAX}`);
  }
  return {
    help,
    only: keys,
    rounds: rounds === undefined ? (quick ? QUICK_ROUNDS : ROUNDS) : Number(rounds),
    quick,
    json,
    profile,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        help: { type: 'boolean', default: false },
        only: { type: 'string' },
        rounds: { type: 'string' },
        quick: { type: 'boolean', default: false },
        json: { type: 'string' },
        profile: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'the command line cannot be read');
  }
}
