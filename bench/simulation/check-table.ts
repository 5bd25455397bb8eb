import { readFileSync } from 'node:fs';
import { markdownTable } from '../../scripts/cli/table.ts';
import type { Row } from './check/row.ts';

/** A run of the check. */
export interface Checked {
  /** YYYY-MM-DD */
  date: string;
  machine: string;
  relays: number;
  desktops: number;
  replaced: number;
  rows: readonly Row[];
}

export function lastCheck(): Checked {
  return JSON.parse(readFileSync(new URL('checked.json', import.meta.url), 'utf8'));
}

/** How far the prediction is from what was measured, as a part of the latter. */
export function errorOf({ predicted, measured }: Pick<Row, 'predicted' | 'measured'>): number {
  if (predicted === measured) return 0;
  return measured === 0 ? Number.POSITIVE_INFINITY : (predicted - measured) / measured;
}

export function checkTable({ rows }: Checked): string {
  const number = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 2 });
  return markdownTable(
    ['phase', 'what', 'predicted', 'measured', 'error', 'depends on'],
    rows.map((row) => [
      row.phase,
      row.what,
      number(row.isExact ? row.predicted : Math.round(row.predicted * 100) / 100),
      number(row.measured),
      `${(errorOf(row) * 100).toFixed(1)} %`,
      row.isExact ? 'the code' : 'time or memory',
    ]),
  );
}
