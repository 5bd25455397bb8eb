import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DESKTOP_FILES } from '../../relay/desktop/bundle.ts';
import { buildDesktopPage } from '../helpers/desktop-page.ts';
import { Fixture } from '../helpers/fixture.ts';

/** What a browser loads for the page, compressed, in bytes. */
const SIZE_MAX = 60_000;

const fixture = new Fixture(test);

test(`the page has at most ${SIZE_MAX} bytes, compressed`, async () => {
  const folder = fixture.directory();
  await buildDesktopPage(folder);
  const files = ['index.html', ...DESKTOP_FILES].map((file) => readFileSync(join(folder, file)));
  const size = files.reduce((sum, file) => sum + gzipSync(file).length, 0);
  assert.ok(size <= SIZE_MAX, `${size} bytes`);
});

test('nothing in the page makes HTML of a text', async () => {
  const folder = fixture.directory();
  await buildDesktopPage(folder);
  const script = readFileSync(join(folder, 'desktop.js'), 'utf8');
  // Preact has one place, for dangerouslySetInnerHTML, which the page must not use.
  assert.not.match(script, /dangerouslySetInnerHTML:|insertAdjacentHTML|document\.write|outerHTML|\beval\(/);
});

test.run();
