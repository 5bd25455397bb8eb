import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { OrderedQueue } from '../../shared/ordered-queue.ts';

/** Works that note their steps; the first step takes so many milliseconds. */
function makeWorks(ahead: number) {
  const queue = new OrderedQueue(ahead);
  const steps: string[] = [];
  const run = (name: string, ms = 0) =>
    queue.run(
      async () => {
        steps.push(`begin ${name}`);
        await sleep(ms);
        if (name.startsWith('bad')) throw new Error(name);
        return name;
      },
      async (prepared) => {
        steps.push(`end ${prepared}`);
        await turn();
        return prepared;
      },
    );
  return { run, steps };
}

test('first steps run a few at a time, second steps in the order of arrival', async () => {
  const { run, steps } = makeWorks(2);
  assert.equal(await Promise.all([run('a', 20), run('b'), run('c')]), ['a', 'b', 'c']);
  assert.equal(steps.slice(0, 3), ['begin a', 'begin b', 'end a']);
  assert.equal(steps.slice(3).sort(), ['begin c', 'end b', 'end c']);
});

test('a work that fails leaves the others as they are', async () => {
  const { run, steps } = makeWorks(2);
  const all = await Promise.allSettled([run('a', 10), run('bad b'), run('c'), run('d')]);
  assert.equal(
    all.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason))),
    ['a', 'Error: bad b', 'c', 'd'],
  );
  assert.equal(
    steps.filter((step) => step.startsWith('end')),
    ['end a', 'end c', 'end d'],
  );
});

test.run();
