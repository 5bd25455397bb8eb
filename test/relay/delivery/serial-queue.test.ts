import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SerialQueue } from '../../../relay/delivery/serial-queue.ts';
import { inParallel } from '../../../shared/in-parallel.ts';

test('tasks run one after another in order, and one that fails does not stop the next', async () => {
  const queue = new SerialQueue();
  const steps: string[] = [];
  const task = (name: string, ms: number) => async () => {
    steps.push(`${name} begins`);
    await sleep(ms);
    steps.push(`${name} ends`);
    if (name === 'b') throw new Error('b fails');
    return name;
  };
  const results = await Promise.allSettled([
    queue.run(task('a', 20)),
    queue.run(task('b', 1)),
    queue.run(task('c', 1)),
  ]);
  assert.equal(
    results.map((result) => result.status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.equal(steps, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('hasWaiting tells whether somebody stands behind the running task', async () => {
  const queue = new SerialQueue();
  const seen: boolean[] = [];
  const look = async () => void seen.push(queue.hasWaiting);
  await Promise.all([queue.run(look), queue.run(look)]);
  assert.equal(seen, [true, false]);
});

test('inParallel calls for every item and never more than the limit at once', async () => {
  let running = 0;
  let most = 0;
  const done: number[] = [];
  await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    most = Math.max(most, ++running);
    await sleep(5);
    running--;
    done.push(item);
  });
  assert.is(most, 3);
  assert.equal(done.sort(), [1, 2, 3, 4, 5, 6, 7]);
});

test.run();
