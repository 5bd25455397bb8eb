import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Benchmark, runBenchmark, type Side } from '../../bench/benchmark.ts';

function fakeBenchmark(figures: Record<Side, readonly number[]>): Benchmark & { measured: Side[] } {
  const measured: Side[] = [];
  return {
    key: 'x',
    metrics: [
      { title: 'one', digits: 0, target: { atLeast: 0.5 } },
      { title: 'two', digits: 2, target: { atMost: 1.5 } },
    ],
    measured,
    async measure(side) {
      measured.push(side);
      return figures[side];
    },
  };
}

test('each round measures the product once and the floor twice, in alternating order', async () => {
  const benchmark = fakeBenchmark({ product: [1, 1], floor: [1, 1] });
  const progress: string[] = [];
  await runBenchmark(benchmark, 2, (round, role) => progress.push(`${round} ${role}`));
  assert.equal(benchmark.measured, ['product', 'floor', 'floor', 'floor', 'floor', 'product']);
  assert.equal(progress, ['0 product', '0 floor', '0 control', '1 control', '1 floor', '1 product']);
});

test('there is a result for each figure, with the figures of every round', async () => {
  const results = await runBenchmark(fakeBenchmark({ product: [40, 3], floor: [100, 2] }), 2, () => {});
  assert.equal(
    results.map(({ key, metric, comparison }) => [
      key,
      metric.title,
      comparison.ratio.median,
      comparison.isMet,
    ]),
    [
      ['x', 'one', 0.4, false],
      ['x', 'two', 1.5, true],
    ],
  );
  assert.equal(results[1]?.rounds, Array(2).fill({ product: 3, floor: 2, control: 2 }));
});

test('a measurement that fails ends the run', async () => {
  const benchmark = fakeBenchmark({ product: [1, 1], floor: [1, 1] });
  const failing = { ...benchmark, measure: () => Promise.reject(new Error('2 of 3 events were published')) };
  try {
    await runBenchmark(failing, 1, () => {});
    assert.unreachable();
  } catch (error) {
    assert.match(String(error), /2 of 3 events/);
  }
});

test.run();
