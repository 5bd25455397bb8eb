import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { median, quantile, summarize } from '../../bench/statistics.ts';

test('the median of an odd count is the middle value, whatever the order', () => {
  assert.is(median([9, 1, 5]), 5);
  assert.is(median([7]), 7);
});

test('the median of an even count is the mean of the two in the middle', () => {
  assert.is(median([4, 1, 100, 2]), 3);
});

test('numbers are ordered as numbers, not as text', () => {
  assert.is(median([9, 10, 100]), 10);
  assert.is(quantile([9, 10, 100], 1), 100);
});

test('a quantile is the nearest rank', () => {
  const samples = Array.from({ length: 200 }, (_, index) => 200 - index);
  assert.is(quantile(samples, 0.5), 100);
  assert.is(quantile(samples, 0.99), 198);
  assert.is(quantile(samples, 1), 200);
  assert.is(quantile([3], 0.01), 3);
});

test('no samples have no figure', () => {
  assert.ok(Number.isNaN(median([])));
  assert.ok(Number.isNaN(quantile([], 0.5)));
});

test('a summary has the median and both ends, and leaves the samples as they are', () => {
  const samples = [3, 1, 2];
  assert.equal(summarize(samples), { median: 2, least: 1, greatest: 3 });
  assert.equal(samples, [3, 1, 2]);
});

test.run();
