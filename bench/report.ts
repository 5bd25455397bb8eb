// The table at the end of a run. Pure.
import { alignColumns } from '../scripts/cli/table.ts';
import type { Result } from './benchmark.ts';
import type { Target } from './comparison.ts';
import type { Summary } from './statistics.ts';

const HEADER = ['', '', 'product', 'floor', 'ratio', '(range)', 'control', '(range)', 'target', ''];
const FIGURES = [2, 3, 4, 5, 6, 7];

/** One line a figure: medians of the rounds, and of the ratios also the least and the greatest. */
export function table(results: readonly Result[]): string {
  const lines = results.map(({ key, metric, comparison }) => [
    key,
    metric.title,
    figure(comparison.product.median, metric.digits),
    figure(comparison.floor.median, metric.digits),
    comparison.ratio.median.toFixed(2),
    range(comparison.ratio),
    comparison.controlRatio.median.toFixed(2),
    range(comparison.controlRatio),
    targetText(metric.target),
    comparison.isMet === undefined ? '' : comparison.isMet ? 'met' : 'MISSED',
  ]);
  return alignColumns([HEADER, ...lines], FIGURES);
}

export function targetText(target: Target | undefined): string {
  if (target === undefined) return '';
  if ('figureAtMost' in target) return `product <= ${target.figureAtMost}`;
  return 'atLeast' in target ? `>= ${target.atLeast.toFixed(2)}` : `<= ${target.atMost.toFixed(2)}`;
}

/** With a comma between thousands, whatever the machine's language. */
export function figure(value: number, digits: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function range({ least, greatest }: Summary): string {
  return `${least.toFixed(2)}-${greatest.toFixed(2)}`;
}
