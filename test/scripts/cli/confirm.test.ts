import { Readable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { confirm } from '../../../scripts/cli/confirm.ts';

const answerTo = (typed: string[], signal = new AbortController().signal) =>
  confirm('Remove all?', signal, Readable.from(typed));

for (const typed of ['y\n', 'yes\n', ' YES \n', 'y']) {
  test(`${JSON.stringify(typed)} is a yes`, async () => {
    assert.is(await answerTo([typed]), true);
  });
}

for (const typed of ['n\n', '\n', 'yeah\n', 'yes please\n', 'no\nyes\n']) {
  test(`${JSON.stringify(typed)} is a no`, async () => {
    assert.is(await answerTo([typed]), false);
  });
}

test('the end of the input is a no', async () => {
  assert.is(await answerTo([]), false);
});

test('an interruption is a no', async () => {
  const interruption = new AbortController();
  const never = new Readable({ read: () => {} });
  const answer = confirm('Remove all?', interruption.signal, never);
  interruption.abort();
  assert.is(await answer, false);
});

test.run();
