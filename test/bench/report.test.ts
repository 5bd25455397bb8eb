import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compare, type Round, type Target } from '../../bench/comparison.ts';
import { figure, table, targetText } from '../../bench/report.ts';

function result(key: string, title: string, digits: number, target: Target, rounds: Round[]) {
  return { key, metric: { title, digits, target }, rounds, comparison: compare(rounds, target) };
}

test('the table has a line for each figure, with ratio, control, target and verdict', () => {
  const text = table([
    result('a', 'events/s', 0, { atLeast: 0.85 }, [{ product: 4_000.4, floor: 5_000, control: 5_000 }]),
    result('b', 'latency, ms', 2, { atMost: 1.5 }, [
      { product: 1, floor: 1, control: 0.9 },
      { product: 1.4, floor: 1, control: 1.1 },
    ]),
  ]);
  assert.is(
    text,
    [
      '                product  floor  ratio    (range)  control    (range)  target',
      'a  events/s       4,000  5,000   0.80  0.80-0.80     1.00  1.00-1.00  >= 0.85  MISSED',
      'b  latency, ms     1.20   1.00   1.20  1.00-1.40     1.00  0.90-1.10  <= 1.50  met',
    ].join('\n'),
  );
});

test('figures have a comma between thousands and as many digits as mean something', () => {
  assert.is(figure(1_234_567.891, 0), '1,234,568');
  assert.is(figure(0.5, 2), '0.50');
  assert.is(figure(Number.NaN, 2), 'NaN');
});

test('a target says which side of it is good', () => {
  assert.is(targetText({ atLeast: 0.8 }), '>= 0.80');
  assert.is(targetText({ atMost: 1.3 }), '<= 1.30');
  assert.is(targetText({ figureAtMost: 50 }), 'product <= 50');
});

test.run();
