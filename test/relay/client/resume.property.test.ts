import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Runner, type Step, scenarios } from './scenario.ts';

const isLong = process.env.TEST_LONG === '1';
const numRuns = 1_000 * (isLong ? 30 : 1);

async function run(steps: Step[]): Promise<Runner> {
  const runner = new Runner();
  for (const step of steps) await runner.take(step);
  await runner.heal();
  assert.equal(runner.faults, []);
  return runner;
}

test('a connection may break anywhere: each event comes once and in order', async () => {
  let received = 0;
  let resumed = 0;
  await fc.assert(
    fc.asyncProperty(scenarios({ hasLosses: false }), async (steps) => {
      const runner = await run(steps);
      received += runner.received;
      resumed += runner.resumed.recovered;
      assert.is(runner.fixture.seen.reset.length, 0);
    }),
    { numRuns },
  );
  assert.ok(
    received > numRuns && resumed > numRuns / 3,
    `only ${received} events and ${resumed} resumptions`,
  );
});

test('a lossy log is told, and the rest comes once and in order', async () => {
  let reset = 0;
  await fc.assert(
    fc.asyncProperty(scenarios({ hasLosses: true }), async (steps) => {
      reset += (await run(steps)).resumed.reset;
    }),
    { numRuns },
  );
  assert.ok(reset > numRuns / 40, `only ${reset} resumptions that were told as not recovered`);
});

test.run();
