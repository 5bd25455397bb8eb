// docs/security.md shows the table of test/security as it is, and every row of it has its test.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ROWS } from '../security/rows.ts';
import { codeSpans, ROOT, readDoc, rowsUnder } from './markdown.ts';
import { callsOf } from './source.ts';

const page = readDoc('docs/security.md');
/** S1 to S24. */
const KNOWN_FAULTS = Array.from({ length: 24 }, (_, index) => `S${index + 1}`);

test('the page shows every row of the table, in its words and its order', () => {
  assert.equal(
    rowsUnder(page, 'tried'),
    ROWS.map(({ id, input, reference, ours }) => [id, input, reference, ours]),
  );
});

test('every row has a test, and every test a row', () => {
  const shown = callsOf('shows', { files: 'test/security/**/*.test.ts' }).map(([id = '']) => id);
  assert.equal([...new Set(shown)].sort(), ROWS.map(({ id }) => id).sort());
});

test('every known fault of the reference is in the table, shown elsewhere or open', () => {
  const elsewhere = rowsUnder(page, 'fault').map(([id]) => id);
  assert.equal(
    [...ROWS.map(({ id }) => id).filter((id) => /^S\d+$/.test(id)), ...elsewhere].sort(),
    KNOWN_FAULTS.sort(),
  );
});

test('the tests that the page names are there', () => {
  const named = codeSpans(page).filter((code) => code.startsWith('test/') && code.endsWith('.ts'));
  assert.ok(named.length > 5);
  for (const file of named) assert.ok(existsSync(join(ROOT, file)), file);
});

test.run();
