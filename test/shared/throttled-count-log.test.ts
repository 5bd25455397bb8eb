import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ThrottledCountLog } from '../../shared/throttled-count-log.ts';

/** Counts at these pauses, in milliseconds, and returns the lines that were written. */
function linesOf(occurrences: [pauseMs: number, what: 'stale' | 'over'][], isCumulative: boolean) {
  const lines: unknown[] = [];
  let now = 1_000_000;
  const log = new ThrottledCountLog<'stale' | 'over', string>({
    counted: ['stale', 'over'],
    write: ({ stale, over }, context) => lines.push([context, stale, over]),
    isCumulative,
    now: () => now,
  });
  for (const [index, [pauseMs, what]] of occurrences.entries()) {
    now += pauseMs;
    log.count(what, `occurrence ${index}`);
  }
  return lines;
}

test('a line is written at once and then once a minute, with the counts since the last', () => {
  const lines = linesOf(
    [
      [0, 'stale'],
      [59_999, 'stale'],
      [0, 'over'],
      [0, 'over'],
      [1, 'stale'],
    ],
    false,
  );
  assert.equal(lines, [
    ['occurrence 0', 1, 0],
    ['occurrence 4', 2, 2],
  ]);
});

test('cumulative counts start with the process', () => {
  const pauses = [0, 0, 59_999, 1, 0, 60_000];
  const lines = linesOf(
    pauses.map((pauseMs) => [pauseMs, 'stale']),
    true,
  );
  assert.equal(lines, [
    ['occurrence 0', 1, 0],
    ['occurrence 3', 4, 0],
    ['occurrence 5', 6, 0],
  ]);
});

test.run();
