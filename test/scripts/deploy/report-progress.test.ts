import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createReporter, durationText } from '../../../scripts/deploy/report-progress.ts';

test('a task that takes long has its time beside it, and a short one has none', () => {
  const lines: string[] = [];
  let now = 0;
  const { progress, stop, drifts } = createReporter(
    (line) => lines.push(line),
    () => now,
  );
  progress.begin?.('topic a');
  now += 900;
  progress.task('topic a', 'unchanged');
  progress.begin?.('Redis instance b');
  now += 485_000;
  progress.task('Redis instance b', 'changed');
  progress.drift?.('Redis instance b', 'is of tier BASIC');
  stop();
  assert.equal(lines, ['      there topic a', '      made  Redis instance b (8 min 5 s)']);
  assert.equal(drifts, ['Redis instance b is of tier BASIC']);
});

test('a time is told in seconds, and from a minute on in minutes', () => {
  assert.equal([0, 59_400, 60_000, 125_000].map(durationText), ['0 s', '59 s', '1 min 0 s', '2 min 5 s']);
});

test.run();
