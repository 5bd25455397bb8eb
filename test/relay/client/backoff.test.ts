import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { backoff } from '../../../relay/client/backoff.ts';

const range = (failures: number) => [backoff(failures, () => 0), backoff(failures, () => 1)];

test('a pause is random between 0.5 s and a bound that doubles with each failure', () => {
  assert.equal(range(0), [500, 1_000]);
  assert.equal(range(1), [500, 1_500]);
  assert.equal(range(2), [500, 2_500]);
  assert.equal(range(5), [500, 16_500]);
  assert.is(
    backoff(2, () => 0.5),
    1_500,
  );
});

test('no pause is longer than twenty seconds, after however many failures', () => {
  for (const failures of [6, 7, 31, 1_000, 100_000]) assert.equal(range(failures), [500, 20_000]);
});

test.run();
