// One table of what is tried against the system, which docs/security.md shows as it is; test/docs/security.test.ts
// holds the two equal, and sees to it that every row has its test.
import { test } from 'uvu';
import { ROWS, type Row } from './rows.ts';

/** Registers the test of a row, under the beginning of the row's own words. */
export function shows(id: string, run: () => Promise<void>): void {
  const row = ROWS.find((each) => each.id === id);
  if (row === undefined) throw new Error(`the table has no row ${id}`);
  test(nameOf(row), run);
}

const NAME_LENGTH_MAX = 80;

function nameOf({ id, input }: Row): string {
  return `${id}: ${input}`.slice(0, NAME_LENGTH_MAX);
}
