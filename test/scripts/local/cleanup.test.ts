import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createCleanup } from '../../../scripts/local/cleanup.ts';

test('what was done last is undone first, and everything once', async () => {
  const cleanup = createCleanup();
  const undone: number[] = [];
  for (const each of [1, 2, 3]) {
    cleanup.add(async () => {
      undone.push(each);
    });
  }
  await Promise.all([cleanup.run(), cleanup.run()]);
  await cleanup.run();
  assert.equal(undone, [3, 2, 1]);
});

test('one that fails does not keep the others from being undone', async () => {
  const cleanup = createCleanup();
  let isUndone = false;
  cleanup.add(async () => {
    isUndone = true;
  });
  cleanup.add(async () => {
    throw new Error('stuck');
  });
  const error = await cleanup.run().catch((reason: unknown) => reason);
  assert.instance(error, AggregateError);
  assert.ok(isUndone);
});

test.run();
