// The tables of docs/scale.md are those of the model.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lastCheck } from '../../bench/simulation/check-table.ts';
import { measuredCosts } from '../../bench/simulation/costs.ts';
import { withTables } from '../../bench/simulation/page.ts';
import { readDoc } from './markdown.ts';

const page = readDoc('docs/scale.md');

test('the tables are those of the model: run node bench/simulation/main.ts', () => {
  assert.equal(page.split('\n'), withTables(page, measuredCosts(), lastCheck()).split('\n'));
});

test('a page without one of the tables is an error', () => {
  const lacking = page.replace('<!-- table: waves -->', '');
  assert.throws(() => withTables(lacking, measuredCosts(), lastCheck()), /no table waves/);
});

test.run();
