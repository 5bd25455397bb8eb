import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { READ_AHEAD, ReplayQueue } from '../../../relay/session/replay-queue.ts';

const IDLE = { waitingBytes: 0, isOpen: true };

/** Pages that note that they were read and sent, and fail where they are told to. */
function makePages(turns: ReplayQueue) {
  const read: number[] = [];
  const sent: number[] = [];
  const run = (page: number, fault?: Error, until: Promise<unknown> = Promise.resolve()) =>
    turns
      .run(async () => {
        read.push(page);
        await until;
        if (fault) throw fault;
        return () => {
          sent.push(page);
          return page;
        };
      })
      .catch((error: unknown) => (error === fault ? 'failed' : `failed with another: ${error}`));
  return { read, sent, run };
}

const timedOut = () => new Error('Command timed out');
const ofAnotherType = () => Object.assign(new Error('WRONGTYPE'), { name: 'ReplyError' });
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test('pages are sent one after another, and a few are read ahead', async () => {
  const { read, sent, run } = makePages(new ReplayQueue(IDLE));
  const first = Promise.withResolvers<void>();
  const all = numbers(READ_AHEAD + 2).map((page) =>
    run(page, undefined, page === 1 ? first.promise : undefined),
  );
  await turn();
  assert.equal([read, sent], [numbers(READ_AHEAD), []]);
  first.resolve();
  assert.equal(await Promise.all(all), numbers(READ_AHEAD + 2));
  assert.equal([read, sent], [numbers(READ_AHEAD + 2), numbers(READ_AHEAD + 2)]);
});

test('a page waits until the one before has left this process', async () => {
  const connection = { waitingBytes: 0, isOpen: true };
  const { sent, run } = makePages(new ReplayQueue(connection));
  await run(1);
  connection.waitingBytes = 1;
  const second = run(2);
  await sleep(50);
  assert.equal(sent, [1]);
  connection.waitingBytes = 0;
  await second;
  assert.equal(sent, [1, 2]);
});

test('pages that wait while Redis turns out to be away fail without being tried', async () => {
  const { read, run } = makePages(new ReplayQueue(IDLE));
  const answers = await Promise.all([
    ...numbers(READ_AHEAD).map((page) => run(page, timedOut(), sleep(10))),
    run(READ_AHEAD + 1),
    run(READ_AHEAD + 2),
  ]);
  assert.equal(read, numbers(READ_AHEAD));
  const failed = 'failed with another: Error: Command timed out';
  assert.equal(answers, [...numbers(READ_AHEAD).map(() => 'failed'), failed, failed]);
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
