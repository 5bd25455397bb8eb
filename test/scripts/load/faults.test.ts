import { InvalidArgumentError } from '@commander-js/extra-typings';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { seededRandom } from '../../../scripts/calls/faults.ts';
import { UsageError } from '../../../scripts/cli/usage-error.ts';
import { drawShare, faultText, faultTimes, parseFault, slowMs } from '../../../scripts/load/faults.ts';
import { openFilesLimit, requireOpenFiles } from '../../../scripts/load/open-files.ts';
import { isNative, scheduleOf, startTimes } from '../../../scripts/load/ramp.ts';

test('each form of a fault is read, and written as it was', () => {
  for (const text of ['cut:10%', 'slow:2.5%', 'reconnect-wave', 'restart-relay', 'redis-pause'])
    assert.is(faultText(parseFault(text)), text);
  assert.equal(parseFault('cut:10'), { name: 'cut', share: 0.1 });
});

for (const [text, message] of [
  ['cut', 'takes a percentage above 0%'],
  ['cut:0%', 'takes a percentage above 0%'],
  ['slow:101%', 'takes a percentage above 0%'],
  ['cut:1%:2', '--fault takes cut:PERCENT'],
  ['redis-pause:5s', '--fault redis-pause takes no percentage'],
  ['reconect-wave', 'did you mean reconnect-wave?'],
  ['restart-relais', 'did you mean restart-relay?'],
  ['fire', '--fault takes cut:PERCENT, slow:PERCENT, reconnect-wave, restart-relay, redis-pause'],
] as const) {
  test(`--fault ${text} is refused, and the answer helps`, () => {
    assert.throws(
      () => parseFault(text),
      (error: unknown) => error instanceof InvalidArgumentError && error.message.includes(message),
    );
  });
}

test('faults come one after the other while all agents are there', () => {
  const schedule = { agents: 1, rampMs: 10_000, holdMs: 60_000 };
  assert.equal(faultTimes(3, schedule), [25_000, 40_000, 55_000]);
  assert.equal([slowMs(3, schedule), slowMs(1, { ...schedule, holdMs: 600_000 })], [7_500, 20_000]);
});

test('a share of the desktops is drawn by chance, none twice, at least one', () => {
  const all = Array.from({ length: 50 }, (_, index) => index);
  const draw = (seed: number, share = 0.2) => drawShare(all, share, seededRandom(seed));
  assert.is(new Set(draw(1)).size, 10);
  assert.equal(draw(1), draw(1));
  assert.not.equal(draw(1), draw(2));
  assert.is(draw(1, 0.001).length, 1);
  assert.equal(drawShare([], 0.5, Math.random), []);
});

test('agents are added evenly over the ramp, by default ten a second', () => {
  assert.equal(startTimes(scheduleOf({ agents: 4, rampMs: 2_000 })), [0, 500, 1_000, 1_500]);
  assert.equal(scheduleOf({ agents: 45 }), { agents: 45, rampMs: 5_000, holdMs: 60_000 });
});

test('more than 50 connection attempts a second, or more than 30 minutes, are refused', () => {
  const message = (agents: number, rampMs: number, holdMs?: number) => {
    try {
      scheduleOf({ agents, rampMs, holdMs });
    } catch (error) {
      assert.instance(error, UsageError);
      return (error as Error).message;
    }
    return '';
  };
  assert.match(message(500, 5_000), 'give --agents 500 at least --ramp 10s');
  assert.match(message(10, 1_000_000, 1_000_000), 'at most 30 minutes');
  assert.is(message(500, 10_000, 1_790_000), '');
});

test('the two protocols take turns as the share says', () => {
  const natives = (share: number, agents = 20) =>
    Array.from({ length: agents }, (_, index) => isNative(index, share)).filter(Boolean).length;
  assert.equal([natives(0), natives(0.5), natives(0.25), natives(1)], [0, 10, 5, 20]);
  assert.equal([isNative(0, 0.5), isNative(1, 0.5)], [false, true]);
});

test('too few open files are found out before the run, with the remedy', () => {
  assert.ok((openFilesLimit() ?? 0) > 0);
  requireOpenFiles(500, 1_256);
  requireOpenFiles(500, undefined);
  assert.throws(
    () => requireOpenFiles(500, 1_024),
    (error: unknown) => error instanceof UsageError && /run ulimit -n 1256 first/.test(error.message),
  );
});

test.run();
