import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { courses, Play, type Step } from './scenario.ts';

const isLong = process.env.TEST_LONG === '1';
const numRuns = 1_000 * (isLong ? 30 : 1);

async function play(steps: Step[]): Promise<Play> {
  const play = new Play();
  for (const step of steps) await play.take(step);
  await play.heal();
  assert.equal(play.faults, []);
  return play;
}

test('wherever a connection breaks, the application is given each event once and in order', async () => {
  let received = 0;
  let resumed = 0;
  await fc.assert(
    fc.asyncProperty(courses({ hasLosses: false }), async (steps) => {
      const played = await play(steps);
      received += played.received;
      resumed += played.resumed.recovered;
      assert.is(played.world.seen.reset.length, 0);
    }),
    { numRuns },
  );
  assert.ok(
    received > numRuns && resumed > numRuns / 3,
    `only ${received} events and ${resumed} resumptions`,
  );
});

test('whatever the log loses, the application is told, and has the rest once and in order', async () => {
  let reset = 0;
  await fc.assert(
    fc.asyncProperty(courses({ hasLosses: true }), async (steps) => {
      reset += (await play(steps)).resumed.reset;
    }),
    { numRuns },
  );
  assert.ok(reset > numRuns / 40, `only ${reset} resumptions that were told as not recovered`);
});

test.run();
