// The table of clients in docs/desktops.md is held to what the tests run, and to the versions that are installed for them.
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ROWS } from '../e2e/resume/compatibility.ts';
import { ROOT, readDoc, rowsUnder } from './markdown.ts';

const page = readDoc('docs/desktops.md');
const { devDependencies } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as {
  devDependencies: Record<string, string>;
};
/** The versions of socket.io-client that tests use, under its own name and others. */
const installed = Object.entries(devDependencies)
  .filter(([name]) => name.startsWith('socket.io-client'))
  .map(([, version]) => version.replace('npm:socket.io-client@', ''));

test('the table of clients has the rows that tests run, with what they expect', () => {
  assert.equal(
    rowsUnder(page, 'client'),
    ROWS.map((row) => [
      row.client,
      row.version,
      row.runsIn,
      row.connects,
      row.join,
      row.cut,
      row.refusal,
      row.streams,
    ]),
  );
});

test('the table has the versions of socket.io-client that package.json names', () => {
  for (const place of ['Chromium', 'Node']) {
    const versions = ROWS.filter(
      ({ client, runsIn }) => client === 'socket.io-client' && runsIn === place,
    ).map(({ version }) => version);
    assert.equal(versions.sort(), [...installed].sort());
  }
});

test('the page names the version of jQuery that package.json has', () => {
  assert.match(page, `\`jquery\` ${devDependencies.jquery} and \`socket.io-client\` 3.0.4`);
});

test.run();
