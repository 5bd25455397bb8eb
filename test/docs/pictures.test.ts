// The pictures on the pages, in docs/pictures/ and in the table that they are made from are the same.
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ANIMATION, PICTURES } from '../../scripts/pictures/pictures.ts';
import { eventsUntil } from '../../scripts/pictures/play.ts';
import { pages, ROOT, readDoc } from './markdown.ts';

const FOLDER = 'docs/pictures/';
const PICTURE_MAX = 300_000;
const ANIMATION_MAX = 3_000_000;

const files = [...PICTURES, ANIMATION].map(({ file }) => FOLDER + file).sort();
/** The pictures of every page: path from the root, and the text for those who do not see it. */
const shown = pages.flatMap((page) =>
  [...readDoc(page).matchAll(/!\[([^\]]*)\]\(([^)\s]+)\)/g)].map(([, alt = '', target = '']) => ({
    page,
    alt: alt.replace(/\s+/g, ' '),
    path: join(dirname(page), target),
  })),
);

test('the pages show every picture of the table, and no other', () => {
  assert.equal([...new Set(shown.map(({ path }) => path))].sort(), files);
});

test('docs/pictures/ has every picture of the table, and no other file', () => {
  assert.equal(
    readdirSync(join(ROOT, FOLDER))
      .map((file) => FOLDER + file)
      .sort(),
    files,
  );
});

test('each picture on a page has a text that says what it shows', () => {
  for (const { page, path, alt } of shown) assert.ok(alt.length > 40, `${page}: ${path}`);
});

test('a picture has at most 300 kB, and the animation at most 3 MB', () => {
  for (const file of files) {
    const limit = file === FOLDER + ANIMATION.file ? ANIMATION_MAX : PICTURE_MAX;
    const { size } = statSync(join(ROOT, file));
    assert.ok(size <= limit, `${file} has ${size} bytes`);
  }
});

test('each picture is of a scenario, at a moment before its end', () => {
  for (const picture of [...PICTURES, ANIMATION]) {
    const all = eventsUntil({ ...picture, atMs: Number.POSITIVE_INFINITY });
    const events = eventsUntil(picture);
    assert.ok(events.length > 0 && events.length < all.length, picture.file);
  }
});

test.run();
