import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ReplayQueue } from '../../../relay/session/replay-queue.ts';

const IDLE = { waitingBytes: 0, isOpen: true };

/** Pages that note that they were read, and fail where they are told to. */
function makePages(turns: ReplayQueue) {
  const read: number[] = [];
  const run = (page: number, fault?: Error) =>
    turns
      .run(async () => {
        read.push(page);
        if (fault) throw fault;
        return page;
      })
      .catch((error: unknown) => (error === fault ? 'failed' : `failed with another: ${error}`));
  return { read, run };
}

const timedOut = () => new Error('Command timed out');
const ofAnotherType = () => Object.assign(new Error('WRONGTYPE'), { name: 'ReplyError' });

test('pages are read one after another', async () => {
  const { read, run } = makePages(new ReplayQueue(IDLE));
  assert.equal(await Promise.all([run(1), run(2), run(3)]), [1, 2, 3]);
  assert.equal(read, [1, 2, 3]);
});

test('pages that wait while Redis turns out to be away fail without being tried', async () => {
  const { read, run } = makePages(new ReplayQueue(IDLE));
  const answers = await Promise.all([run(1), run(2, timedOut()), run(3), run(4)]);
  assert.equal(read, [1, 2]);
  const failed = 'failed with another: Error: Command timed out';
  assert.equal(answers, [1, 'failed', failed, failed]);
});

test('pages that come afterwards are tried again', async () => {
  const { run } = makePages(new ReplayQueue(IDLE));
  assert.is(await run(1, timedOut()), 'failed');
  assert.is(await run(2), 2);
});

test('a fault of one conversation is not one of the others', async () => {
  const { run } = makePages(new ReplayQueue(IDLE));
  assert.equal(await Promise.all([run(1, ofAnotherType()), run(2)]), ['failed', 2]);
});

test.run();
