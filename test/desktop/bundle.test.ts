import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DESKTOP_FILES, WALL_FILES } from '../../relay/desktop/bundle.ts';
import { buildDesktopPage } from '../helpers/desktop-page.ts';
import { Fixture } from '../helpers/fixture.ts';

/** Sizes of what a browser loads, compressed, in bytes. */
const PAGE_MAX = 60_000;
const WALL_MAX = 30_000;
const LANGUAGE_MAX = 10_000;
const STYLES_MAX = 10_000;

const fixture = new Fixture(test);
let folder: string;

test.before(async () => {
  folder = fixture.directory();
  await buildDesktopPage(folder);
});

const sizeOf = (file: string) => gzipSync(readFileSync(join(folder, file))).length;

test('the page, its script, its styles and another language stay small', () => {
  const sizes = [sizeOf('index.html') + sizeOf('desktop.js'), sizeOf('fr.js'), sizeOf('desktop.css')];
  const limits = [PAGE_MAX, LANGUAGE_MAX, STYLES_MAX];
  assert.ok(
    sizes.every((size, index) => size <= (limits[index] ?? 0)),
    `${sizes} bytes, at most ${limits}`,
  );
});

test("the wall loads a call's view only when a call is opened, and stays small", () => {
  const sizes = [
    sizeOf('supervisor.html') + sizeOf('supervisor/supervisor.js') + sizeOf('supervisor/chunk.js'),
    sizeOf('supervisor/call-pane.js'),
    sizeOf('supervisor/fr.js') + sizeOf('supervisor/wall-fr.js'),
    sizeOf('supervisor/supervisor.css'),
  ];
  const limits = [WALL_MAX, PAGE_MAX, LANGUAGE_MAX, STYLES_MAX];
  assert.ok(
    sizes.every((size, index) => size <= (limits[index] ?? 0)),
    `${sizes} bytes, at most ${limits}`,
  );
});

test('the build makes the files that the relay serves, and no other', () => {
  const pages = ['index.html', 'supervisor.html', 'supervisor'];
  assert.equal(readdirSync(folder).sort(), [...pages, ...DESKTOP_FILES].sort());
  assert.equal(readdirSync(join(folder, 'supervisor')).sort(), [...WALL_FILES].sort());
});

test('nothing in the pages makes HTML of a text', () => {
  const scripts = [...DESKTOP_FILES, ...WALL_FILES.map((file) => `supervisor/${file}`)];
  for (const file of scripts.filter((name) => name.endsWith('.js'))) {
    const script = readFileSync(join(folder, file), 'utf8');
    // Preact has one place, for dangerouslySetInnerHTML, which the pages must not use.
    const html = /dangerouslySetInnerHTML:|insertAdjacentHTML|document\.write|outerHTML|\beval\(/;
    assert.not.match(script, html, file);
  }
});

test('the page has nothing of the drawer that the demo adds to it', async () => {
  const folder = fixture.directory();
  await buildDesktopPage(folder);
  for (const file of ['index.html', ...DESKTOP_FILES])
    assert.not.match(readFileSync(join(folder, file), 'utf8'), /drawer|simulator|127\.0\.0\.1/i, file);
});

test.run();
