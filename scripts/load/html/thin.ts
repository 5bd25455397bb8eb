import type { Sample } from '../measurements.ts';

/** Some seconds as one row. */
export interface Interval extends Sample {
  fromMs: number;
}

/** More points than a plot of this width can show, and than anybody reads in a table. */
const INTERVALS_MAX = 120;

/** Joins seconds where there are too many: what counts is added, and of what is measured the highest stays. */
export function thinned(samples: readonly Sample[], most = INTERVALS_MAX): Interval[] {
  const size = Math.max(1, Math.ceil(samples.length / most));
  const intervals: Interval[] = [];
  for (let index = 0; index < samples.length; index += size) {
    const joined = samples.slice(index, index + size);
    const last = joined.at(-1);
    if (last === undefined) continue;
    const sum = (name: 'published' | 'delivered') => joined.reduce((total, each) => total + each[name], 0);
    const highest = (name: 'p50' | 'p95' | 'p99') =>
      joined.reduce<number | null>((top, each) => greater(top, each[name]), null);
    intervals.push({
      ...last,
      fromMs: samples[index - 1]?.atMs ?? 0,
      ...{ published: sum('published'), delivered: sum('delivered') },
      ...{ p50: highest('p50'), p95: highest('p95'), p99: highest('p99') },
      loopDelayMs: Math.max(...joined.map(({ loopDelayMs }) => loopDelayMs)),
    });
  }
  return intervals;
}

function greater(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}
