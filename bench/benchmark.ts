import { type Comparison, compare, orderOf, type Role, type Round, type Target } from './comparison.ts';

/** One figure of a benchmark. */
export interface Metric {
  /** What is measured, with its unit. */
  title: string;
  /** Digits after the decimal point that mean something. */
  digits: number;
  /** None for a figure that is there to compare with others. */
  target: Target | undefined;
}

/** What is measured: our own, or what does the least work on the same wire. */
export type Side = 'product' | 'floor';

export interface Benchmark {
  /** The letter that `--only` takes. */
  key: string;
  metrics: readonly Metric[];
  /** Starts what it measures, measures and ends it; gives a figure for each metric, in their order. */
  measure(side: Side): Promise<readonly number[]>;
}

export interface Result {
  key: string;
  metric: Metric;
  rounds: Round[];
  comparison: Comparison;
}

export async function runBenchmark(
  benchmark: Benchmark,
  rounds: number,
  onMeasured: (round: number, role: Role, figures: readonly number[]) => void,
): Promise<Result[]> {
  const figures: Record<Role, (readonly number[])[]> = { product: [], floor: [], control: [] };
  for (let round = 0; round < rounds; round++) {
    for (const role of orderOf(round)) {
      const measured = await benchmark.measure(role === 'product' ? 'product' : 'floor');
      figures[role].push(measured);
      onMeasured(round, role, measured);
    }
  }
  return benchmark.metrics.map((metric, index) => {
    const figure = (role: Role, round: number) => figures[role][round]?.[index] ?? Number.NaN;
    const ofMetric = Array.from({ length: rounds }, (_, round) => ({
      product: figure('product', round),
      floor: figure('floor', round),
      control: figure('control', round),
    }));
    return { key: benchmark.key, metric, rounds: ofMetric, comparison: compare(ofMetric, metric.target) };
  });
}
