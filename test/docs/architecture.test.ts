// docs/architecture.md is held to the table of layers, to the folders and to the names in the code.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { linesOf, sourceFiles } from '../architecture/imports.ts';
import { CORE_LINES_MAX, LAYERS, layerOf } from '../architecture/layers.ts';
import { codeSpans, links, pages, ROOT, readDoc, rowsUnder } from './markdown.ts';
import { walksIn } from './walks.ts';

const page = readDoc('docs/architecture.md');
const FILES = sourceFiles('shared', 'functions', 'relay', 'scripts', 'bench');
const isOfRelay = (layer: string) => layer.startsWith('relay');
const names = Object.keys(LAYERS).reverse();
/** The rows of the relay's layers have five cells, those of the others three. */
const rows = rowsUnder(page, 'layer').map(([name = '', owns = '', imports = '', core, lines]) => ({
  name: name.replace(/\/$/, ''),
  owns,
  imports,
  core,
  lines: Number(lines),
}));

/** The layers that a cell of the column `may import` names. */
function importsIn(cell: string, prefix: string): string[] {
  if (cell === '–') return [];
  // A cell with one name has lost its marks.
  const named = (cell.includes('`') ? codeSpans(cell) : [cell]).map((name) => `${prefix}${name}`);
  if (!cell.startsWith('all but ')) return named;
  const all = Object.keys(LAYERS).filter((layer) => layer.startsWith('relay/'));
  return all.filter((layer) => !named.includes(layer));
}

const linesIn = (layers: readonly string[]) =>
  FILES.filter((file) => layers.includes(layerOf(file) ?? '')).reduce((sum, file) => sum + linesOf(file), 0);

/** Within a tenth, or ten lines: the page need not change with every commit. */
function assertNear(written: number, real: number, what: string): void {
  assert.ok(
    Math.abs(written - real) <= Math.max(10, real / 10),
    `${what}: ${written} on the page, ${real} in fact`,
  );
}

test('the tables have a row for each layer, from the top to the bottom', () => {
  assert.equal(
    rows.map(({ name }) => name),
    [...names.filter(isOfRelay), ...names.filter((name) => !isOfRelay(name))],
  );
  for (const { name, owns } of rows) assert.ok(owns.endsWith('.'), `${name} owns: ${owns}`);
});

test('each row names what its layer may import', () => {
  for (const { name, imports } of rows) {
    assert.equal(
      importsIn(imports, isOfRelay(name) ? 'relay/' : '').sort(),
      [...(LAYERS[name]?.imports ?? [])].sort(),
      name,
    );
  }
});

test('each row of relay/ has the right mark of the core and the right lines', () => {
  for (const { name, core, lines } of rows.filter((row) => isOfRelay(row.name))) {
    assert.is(core, LAYERS[name]?.isCore ? 'core' : 'optional', name);
    assertNear(lines, linesIn([name]), name);
  }
});

test('the page has the lines of the core, their limit and those of the rest', () => {
  const [, core, limit, optional] =
    /^The core has ([\d,]+) lines, of at most ([\d,]+)\. The optional layers have ([\d,]+)\.$/m.exec(page) ??
    [];
  const number = (text = '') => Number(text.replace(',', ''));
  const ofRelay = names.filter(isOfRelay);
  assert.is(number(limit), CORE_LINES_MAX);
  assert.ok(number(core) <= CORE_LINES_MAX);
  assertNear(number(core), linesIn(ofRelay.filter((name) => LAYERS[name]?.isCore)), 'core');
  assertNear(number(optional), linesIn(ofRelay.filter((name) => !LAYERS[name]?.isCore)), 'optional');
});

test('the README names every folder of relay/, each as core or as optional', () => {
  const [, what = ''] = rowsUnder(readDoc('README.md'), 'folder').find(([name]) => name === 'relay/') ?? [];
  const [core = '', optional = ''] = what.split('Optional:');
  const folders = names.filter((name) => /^relay\/[^/]+$/.test(name));
  const named = (isCore: boolean) =>
    folders.filter((name) => (LAYERS[name]?.isCore ?? false) === isCore).map((name) => `${name.slice(6)}/`);
  assert.equal(codeSpans(core).sort(), named(true).sort());
  assert.equal(codeSpans(optional).sort(), named(false).sort());
});

test('the README lists every page of docs/', () => {
  const listed = links(readDoc('README.md').split('## I want to …')[1] ?? '');
  const inEnglish = pages.filter((path) => /^docs\/[a-z]+\.md$/.test(path));
  assert.equal(
    inEnglish.filter((path) => !listed.includes(path)),
    [],
  );
});

test('each walk has as many files as the page says, and no file twice', () => {
  const walks = walksIn(page);
  assert.is(walks.length, 5);
  for (const { count, files } of walks) {
    assert.is(files.length, count, files.join('\n'));
    assert.is(new Set(files).size, count, files.join('\n'));
  }
});

test('a join with a cursor takes at most 15 files', () => {
  assert.ok((walksIn(page)[1]?.count ?? 0) <= 15);
});

test('every class and function that the page names is in the code', () => {
  const code = [...FILES, 'test/architecture/layers.ts', 'biome.json']
    .map((file) => readFileSync(join(ROOT, file), 'utf8'))
    .join('\n');
  const words = new Set(code.match(/\w+/g));
  const diagrams = [...page.matchAll(/^```mermaid\n([\s\S]*?)^```/gm)]
    .map(([, text = '']) => text)
    .join('\n');
  const called = [...diagrams.matchAll(/(\w+)\(/g)].map(([, name = '']) => name);
  const parts = [...diagrams.matchAll(/(?:\bas |>>|^ +)(\w*[A-Z]\w*)(?=-|:|$)/gm)].map(
    ([, name = '']) => name,
  );
  const named = codeSpans(page).filter((span) => /^[A-Za-z]+$/.test(span));
  assert.ok(called.length > 10 && parts.length > 10 && named.length > 20);
  const outside = ['Redis', 'Dialogflow'];
  assert.equal(
    [...called, ...parts, ...named].filter((name) => !words.has(name) && !outside.includes(name)),
    [],
  );
});

test.run();
