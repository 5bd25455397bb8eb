// How every fuzz test runs: many cases in `npm test`. `npm run test:long` runs a hundred times as many, or as many as it
// can in a time limit. A failure prints its smallest counterexample with seed and path; FUZZ_SEED and FUZZ_PATH replay it.
// FUZZ_RUNS sets another number of cases, without a limit on the time.
import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

export interface Fuzz<T> {
  arbitrary: fc.Arbitrary<T>;
  /** Throws, or rejects, when the system did with this case what it must not. */
  check(value: T): void | Promise<void>;
  /** Cases in `npm test`. */
  runs: number;
  /** Cases in the long tests; a hundred times as many where it is not said. */
  longRuns?: number;
  /** How long the long tests may take, in milliseconds. */
  longLimitMs?: number;
  /** The same cases in each run of `npm test`; the long tests have others each time. */
  seed?: number;
  /** How much the heap may grow from the first tenth of the cases to the last, in megabytes. */
  growthMaxMb?: number;
  /** Runs after the last case: that what is right still works. */
  after?(): void | Promise<void>;
}

/** How long one property may take in the long tests unless it says so, so that they end within about an hour. */
const LONG_LIMIT_MS = 4 * 60_000;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Errors that reached nobody: they count for the case under way, so that it can be made smaller. */
const strays: unknown[] = [];
process.on('uncaughtException', (error) => void strays.push(error));
process.on('unhandledRejection', (error) => void strays.push(error));
// Those of a file that fails before its first case.
process.on('exit', () => {
  for (const error of strays) console.error(error);
});

export function throwStrays(): void {
  const [first] = strays.splice(0);
  if (first !== undefined) throw new Error(`an error reached nobody: ${inspect(first)}`);
}

/** Registers a test that checks cases until one fails. */
export function fuzz<T>(name: string, { arbitrary, check, runs, ...more }: Fuzz<T>): void {
  const { longRuns = runs * 100, longLimitMs = LONG_LIMIT_MS, growthMaxMb = 24, after } = more;
  const seed = process.env.FUZZ_SEED ?? (process.env.TEST_LONG ? undefined : more.seed);
  const numRuns = Number(process.env.FUZZ_RUNS ?? (process.env.TEST_LONG ? longRuns : runs));
  const isTimed = process.env.TEST_LONG !== undefined && process.env.FUZZ_RUNS === undefined;
  test(name, async () => {
    let count = 0;
    let heapAtFirst = 0;
    let underWay: ReturnType<typeof check> | undefined;
    const startedAt = performance.now();
    // A tenth of the cases, or of the time.
    const isWarm = () =>
      count >= numRuns / 10 || (isTimed && performance.now() - startedAt > longLimitMs / 10);
    const property = fc.asyncProperty(arbitrary, async (value) => {
      underWay = check(value);
      await underWay;
      throwStrays();
      count++;
      if (heapAtFirst === 0 && isWarm()) heapAtFirst = heapInUse();
    });
    const report = await fc.check(property, {
      numRuns,
      ...(isTimed ? { interruptAfterTimeLimit: longLimitMs } : {}),
      includeErrorInReport: true,
      ...(seed === undefined ? {} : { seed: Number(seed) }),
      ...(process.env.FUZZ_PATH ? { path: process.env.FUZZ_PATH } : {}),
    });
    if (report.failed) throw failureOf(report);
    await underWay; // the case that the time limit has interrupted
    await after?.();
    // Errors without a promise to wait for come with the next turns.
    await new Promise((resolve) => setTimeout(resolve, 20));
    throwStrays();
    const grownMb = (heapInUse() - heapAtFirst) / 2 ** 20;
    if (process.env.TEST_LONG || process.env.FUZZ_RUNS) {
      const seconds = (performance.now() - startedAt) / 1000;
      // A remark, which the runner shows also of a file that passes; uvu has not ended its own line.
      console.log(`\n# ${name}: ${count} cases, ${seconds.toFixed(0)} s, ${grownMb.toFixed(1)} MB more`);
    }
    assert.ok(grownMb < growthMaxMb, `the heap grew by ${grownMb.toFixed(1)} MB over ${count} cases`);
  });
}

function failureOf<T>(report: fc.RunDetails<[T]>): Error {
  const replay = `FUZZ_SEED=${report.seed} FUZZ_PATH=${report.counterexamplePath} replays it`;
  const failure = new Error(`${replay}\n${fc.defaultReportMessage(report)}`);
  failure.stack = ''; // the report has that of the error
  return failure;
}

function heapInUse(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
