import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { coalesced } from '../../../relay/access/coalesced.ts';

/** A task whose runs end when the test says so. */
function steppedTask() {
  const runs: PromiseWithResolvers<void>[] = [];
  const call = coalesced(() => {
    const run = Promise.withResolvers<void>();
    runs.push(run);
    return run.promise;
  });
  return { runs, call };
}

test('calls while the task runs lead to one more run', async () => {
  const { runs, call } = steppedTask();
  const ended: number[] = [];
  for (const index of [0, 1, 2]) void call().then(() => ended.push(index));
  assert.is(runs.length, 1);
  runs[0]?.resolve();
  await turn();
  assert.equal([runs.length, ended], [2, [0]]);
  runs[1]?.resolve();
  await turn();
  assert.equal([runs.length, ended], [2, [0, 1, 2]]);
});

test('a call that follows the end of a run does not overtake the run that waits', async () => {
  let running = 0;
  let most = 0;
  const call = coalesced(async () => {
    most = Math.max(most, ++running);
    await turn();
    running--;
  });
  await Promise.all([call().then(call), call(), call()]);
  assert.is(most, 1);
});

test('a call after the last run starts another one', async () => {
  const { runs, call } = steppedTask();
  for (const index of [0, 1]) {
    const calling = call();
    runs[index]?.resolve();
    await calling;
  }
  assert.is(runs.length, 2);
});

test('a run that fails rejects its calls, and the next one follows', async () => {
  const { runs, call } = steppedTask();
  const outcomes: string[] = [];
  for (const _ of [0, 1])
    void call().then(
      () => outcomes.push('done'),
      () => outcomes.push('failed'),
    );
  runs[0]?.reject(new Error('away'));
  await turn();
  runs[1]?.resolve();
  await turn();
  assert.equal(outcomes, ['failed', 'done']);
});

test.run();
