import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunningChild } from '../../../scripts/local/child.ts';
import { startRestartable } from '../../../scripts/local/restartable.ts';

/** Processes that only exist here: how real ones start and end is a test of child.ts. */
function processes() {
  const log: string[] = [];
  const failures: ((error: Error) => void)[] = [];
  let startFault: Error | undefined;
  return {
    log,
    fail: (index: number, error: Error) => failures[index]?.(error),
    failNextStart: (error: Error) => {
      startFault = error;
    },
    async start(): Promise<RunningChild> {
      if (startFault !== undefined) throw startFault;
      const { promise, resolve } = Promise.withResolvers<Error>();
      const index = failures.push(resolve) - 1;
      log.push(`start ${index}`);
      return {
        failed: promise,
        stop: async () => void log.push(`stop ${index}`),
      } as Pick<RunningChild, 'failed' | 'stop'> as RunningChild;
    },
  };
}

test('a restart ends the process before it starts another', async () => {
  const all = processes();
  const restartable = await startRestartable(all.start);
  await Promise.all([restartable.restart(), restartable.restart()]);
  await restartable.stop();
  assert.equal(all.log, ['start 0', 'stop 0', 'start 1', 'stop 1', 'start 2', 'stop 2']);
});

test('the end of any of them counts as a failure', async () => {
  const all = processes();
  const restartable = await startRestartable(all.start);
  await restartable.restart();
  all.fail(1, new Error('ended'));
  assert.is((await restartable.failed).message, 'ended');
});

test('one that does not start again is a failure', async () => {
  const all = processes();
  const restartable = await startRestartable(all.start);
  all.failNextStart(new Error('no port'));
  const refused = await restartable.restart().catch((error: Error) => error.message);
  assert.is(refused, 'no port');
  assert.is((await restartable.failed).message, 'no port');
});

test('a stop during the pause of a restart starts nothing', async () => {
  const all = processes();
  const restartable = await startRestartable(all.start);
  const restart = restartable.restart(60_000).catch((error: Error) => error.name);
  await new Promise((resolve) => setTimeout(resolve, 10));
  await restartable.stop();
  assert.is(await restart, 'AbortError');
  assert.equal(
    all.log.filter((line) => line.startsWith('start')),
    ['start 0'],
  );
});

test.run();
