import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Course, courses, Play } from './scenario.ts';

const RUNS = 10_000;
const LONG_RUNS = 500_000;
const options = {
  numRuns: process.env.TEST_LONG === '1' ? LONG_RUNS : RUNS,
  includeErrorInReport: true,
};

async function play(course: Course): Promise<Play> {
  const play = new Play(course);
  for (const step of course.steps) {
    await play.take(step);
    throwFault(play);
  }
  await play.settle();
  throwFault(play);
  return play;
}

function throwFault({ faults }: Play): void {
  if (faults.length > 0) throw new Error(faults.join('; '));
}

test('without a loss in the log everybody is given everything once, in order, and nobody is reset', async () => {
  const course = courses({ hasLosses: false });
  await fc.assert(
    fc.asyncProperty(course, async (course) => {
      const { members } = await play(course);
      assert.is(members.filter(({ resets }) => resets.length > 0).length, 0);
    }),
    options,
  );
});

test('whatever the log loses, everybody has what it holds in the end, and is told where that starts', async () => {
  await fc.assert(
    fc.asyncProperty(courses({ hasLosses: true }), async (course) => {
      await play(course);
    }),
    options,
  );
});

test.run();
