import { InvalidArgumentError } from '@commander-js/extra-typings';
import { command } from '../scripts/cli/command.ts';
import { wholeNumber } from '../scripts/cli/option-values.ts';

/** The benchmarks, by the letter that `--only` takes. */
export const BENCHMARKS: Readonly<Record<string, string>> = {
  a: 'events/s of one function',
  b: 'latency from publish to a Socket.IO desktop at 20 and 100 events/s',
  c: 'deliveries/s of one event to 200 browsers',
  d: 'cold start of a function',
  e: 'memory of a joined Socket.IO desktop',
  f: 'deliveries/s of one event to 200 browsers, each with five conversations',
  g: 'deliveries/s of one event to 200 clients whose receipts are proved by pings',
  h: 'events/s of one function that lists conversations, to one that does not',
  i: 'frames of the agent desktop in a call of 1,000 messages, in Chromium',
  j: 'latency at 100 events/s, to a floor without the functions framework',
  k: 'latency of the first 100 events of a fresh function and a fresh relay',
  l: 'how long 1,000 desktops take to be back when their relay dies',
  m: 'how long 1,000 desktops take to be back when their relay drains',
  n: 'CPU of a delivery with 1,000 conversations, to one with 100',
  o: 'CPU of a delivery with 9,000 conversations, to one with 100',
  p: 'processor time of a relay with metrics, to one without',
};

const ROUNDS = 5;
const QUICK_ROUNDS = 2;
const ROUNDS_MAX = 50;

const ONLY_HELP = ['only these of:', ...Object.entries(BENCHMARKS).map((pair) => pair.join('  '))].join(
  '\n  ',
);

function letters(text: string): string[] {
  const keys = text.split(',');
  if (keys.every((key) => Object.hasOwn(BENCHMARKS, key))) return keys;
  throw new InvalidArgumentError(`--only takes letters of ${Object.keys(BENCHMARKS).join(',')}`);
}

/** The bench's command line. */
export function benchCommand() {
  return command(
    'bench',
    'Measures the built functions and relay against floors that do the least work on the same wire, on loopback, in ' +
      'about ten minutes. Nothing else should run meanwhile.',
  )
    .option('--only <letters>', ONLY_HELP, letters)
    .option(
      '--rounds <number>',
      `rounds of each (default: ${ROUNDS})`,
      wholeNumber('--rounds', 1, ROUNDS_MAX),
    )
    .option(
      '--quick',
      `short measurements, ${QUICK_ROUNDS} rounds: shows that everything runs, the figures say little`,
    )
    .option('--json <file>', 'writes the figures to a file')
    .option(
      '--profile <dir>',
      'writes a CPU profile of every measured process, for Chrome DevTools; slows all of them',
    );
}

export interface BenchOptions {
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

/** Fills in what was not given. */
export function benchOptions(given: ReturnType<ReturnType<typeof benchCommand>['opts']>): BenchOptions {
  const { only = Object.keys(BENCHMARKS), quick = false, json, profile } = given;
  const { rounds = quick ? QUICK_ROUNDS : ROUNDS } = given;
  return { only, rounds, quick, json, profile };
}
