import { createHistogram } from 'node:perf_hooks';

/** Times in milliseconds; null when nothing was measured. */
export interface LatencySummary {
  count: number;
  p50: number | null;
  p95: number | null;
  p99: number | null;
  max: number | null;
}

/** How many times were above the bound before and at most this one. */
export interface Bucket {
  /** In milliseconds; null in the last bucket, which has no upper bound. */
  toMs: number | null;
  count: number;
}

const BOUNDS_MS = [
  ...[1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700],
  ...[1_000, 2_000, 5_000, 10_000, 30_000],
];
/** Node's histogram takes whole numbers: it gets microseconds. An hour is more than any run lasts. */
const UNITS_PER_MS = 1_000;
const HIGHEST = 3_600_000 * UNITS_PER_MS;

/** Times that need the same memory however many there are, exact to a thousandth. */
export class LatencyHistogram {
  readonly #histogram = createHistogram({ lowest: 1, highest: HIGHEST, figures: 3 });
  readonly #counts: number[] = new Array(BOUNDS_MS.length + 1).fill(0);

  record(ms: number): void {
    this.#histogram.record(Math.min(HIGHEST, Math.max(1, Math.round(ms * UNITS_PER_MS))));
    const index = BOUNDS_MS.findIndex((bound) => ms <= bound);
    const bucket = index === -1 ? BOUNDS_MS.length : index;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
  }

  add(other: LatencyHistogram): void {
    this.#histogram.add(other.#histogram);
    for (const [index, count] of other.#counts.entries())
      this.#counts[index] = (this.#counts[index] ?? 0) + count;
  }

  summary(): LatencySummary {
    const { count } = this.#histogram;
    const at = (share: number) => (count === 0 ? null : this.#histogram.percentile(share) / UNITS_PER_MS);
    return { count, p50: at(50), p95: at(95), p99: at(99), max: at(100) };
  }

  buckets(): Bucket[] {
    return this.#counts.map((count, index) => ({ toMs: BOUNDS_MS[index] ?? null, count }));
  }
}
