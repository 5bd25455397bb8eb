// How every fuzz test runs: many cases in `npm test`, a hundred times as many in `npm run test:long`. A failure prints its
// smallest counterexample with seed and path; FUZZ_SEED and FUZZ_PATH replay it, FUZZ_RUNS sets another number of cases.
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
  /** How much the heap may grow from the first tenth of the cases to the last, in megabytes. */
  growthMaxMb?: number;
  /** Runs after the last case: that what is right still works. */
  after?(): void | Promise<void>;
}

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Errors that reached nobody: they count for the case under way, so that it can be made smaller. */
const strays: unknown[] = [];
process.on('uncaughtException', (error) => void strays.push(error));
process.on('unhandledRejection', (error) => void strays.push(error));

export function throwStrays(): void {
  const [first] = strays.splice(0);
  if (first !== undefined) throw new Error(`an error reached nobody: ${inspect(first)}`);
}

/** Registers a test that checks cases until one fails. */
export function fuzz<T>(name: string, { arbitrary, check, runs, ...more }: Fuzz<T>): void {
  const { longRuns = runs * 100, growthMaxMb = 24, after } = more;
  const numRuns = Number(process.env.FUZZ_RUNS ?? (process.env.TEST_LONG ? longRuns : runs));
  test(name, async () => {
    let count = 0;
    let heapAtFirst = 0;
    const startedAt = performance.now();
    const property = fc.asyncProperty(arbitrary, async (value) => {
      await check(value);
      throwStrays();
      if (++count === Math.ceil(numRuns / 10)) heapAtFirst = heapInUse();
    });
    const report = await fc.check(property, {
      numRuns,
      includeErrorInReport: true,
      ...(process.env.FUZZ_SEED ? { seed: Number(process.env.FUZZ_SEED) } : {}),
      ...(process.env.FUZZ_PATH ? { path: process.env.FUZZ_PATH } : {}),
    });
    if (report.failed) throw failureOf(report);
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
