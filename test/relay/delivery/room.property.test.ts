import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Runner } from './runner.ts';
import { type Scenario, scenarios } from './scenario.ts';

const RUNS = 10_000;
const LONG_RUNS = 500_000;
const options = {
  numRuns: process.env.TEST_LONG === '1' ? LONG_RUNS : RUNS,
  includeErrorInReport: true,
};

async function run(scenario: Scenario): Promise<Runner> {
  const runner = new Runner(scenario);
  for (const step of scenario.steps) {
    await runner.take(step);
    throwFault(runner);
  }
  await runner.settle();
  throwFault(runner);
  return runner;
}

function throwFault({ faults }: Runner): void {
  if (faults.length > 0) throw new Error(faults.join('; '));
}

test('without a loss everybody gets everything once, in order, without a reset', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios({ hasLosses: false }), async (scenario) => {
      const { members } = await run(scenario);
      assert.is(members.filter(({ resets }) => resets.length > 0).length, 0);
    }),
    options,
  );
});

test('after a loss everybody has what the log holds and knows where it starts', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios({ hasLosses: true }), async (scenario) => {
      await run(scenario);
    }),
    options,
  );
});

test.run();
