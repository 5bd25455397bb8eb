// The runbook's table of incidents: every row is played by a test, and the French page has the same commands and lines.
import { globSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT } from '../../../docs/markdown.ts';
import { runbookRows } from './runbook.ts';

const MINIMUM = 12;

test('every incident of the runbook is played by a test', () => {
  const source = globSync('test/scripts/operate/incidents/*.{test,long}.ts', { cwd: ROOT })
    .map((file) => readFileSync(ROOT + file, 'utf8'))
    .join('\n');
  const rows = runbookRows();
  const unplayed = rows.filter(({ incident }) => !source.includes(`runbookRow('${incident}')`));
  assert.equal(unplayed, []);
  assert.ok(rows.length >= MINIMUM, `${rows.length} rows`);
});

test('the French runbook has the same commands and printed lines', () => {
  const essence = (rows: ReturnType<typeof runbookRows>) =>
    rows.map(({ command, prints }) => [command, prints]);
  const french = runbookRows('docs/incidents.fr.md', 'incident, tel que joué');
  assert.equal(essence(french), essence(runbookRows()));
  for (const { incident, remedy } of french) assert.ok(remedy.length > 20, incident);
});

test.run();
