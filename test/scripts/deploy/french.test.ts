// Nobody reads both pages: what one says, the other has to say, too, as far as a machine can see it.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { codeSpans, links, pages, readDoc, rowsUnder } from '../../docs/markdown.ts';

const NAMES = ['deploy', 'incidents', 'maintain', 'operations'];
const PAGES = NAMES.map((name) => [readDoc(`docs/${name}.md`), readDoc(`docs/${name}.fr.md`)] as const);
const TRANSLATED = new RegExp(`^(${NAMES.join('|')})(?:\\.fr)?\\.md(?:#.*)?$`);

const levels = (page: string) => [...page.matchAll(/^#+ /gm)].map(([mark]) => mark);
const sections = (page: string) => page.split(/^## /m);
const tableShape = (section: string) =>
  section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').length);
const sorted = (items: Iterable<string>) => [...new Set(items)].sort();
/** Pages that both link to; a place in a page that is translated is named in its own language. */
const others = (page: string) =>
  sorted(
    links(page)
      .filter((link) => !link.startsWith('#'))
      .map((link) => link.replace(TRANSLATED, '$1.md')),
  );

test('every page in French is compared with its English page', () => {
  assert.equal(
    pages.filter((page) => page.endsWith('.fr.md')),
    NAMES.map((name) => `docs/${name}.fr.md`),
  );
});

for (const [english, french] of PAGES) {
  const [title] = english.split('\n');

  test(`${title}: the French page has the same headings, lists and tables`, () => {
    assert.equal(levels(french), levels(english));
    for (const [index, section] of sections(english).entries()) {
      const heading = section.split('\n')[0];
      const other = sections(french)[index] ?? '';
      assert.equal(tableShape(other), tableShape(section), `tables of ${heading}`);
      const items = (text: string) => text.match(/^(?:- |\d+\. )/gm)?.length;
      assert.is(items(other), items(section), `lists of ${heading}`);
      assert.equal(sorted(codeSpans(other)), sorted(codeSpans(section)), `commands and names of ${heading}`);
    }
  });

  test(`${title}: every setting has the same default in both`, () => {
    const defaults = (page: string) =>
      rowsUnder(page, 'variable').map(
        ([name, value]) => `${name}=${value?.replace('obligatoire', 'required')}`,
      );
    assert.equal(defaults(french), defaults(english));
  });

  test(`${title}: what can be pasted is the same but for its remarks`, () => {
    const blocks = (page: string) =>
      [...page.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].map(([, text = '']) => text.replace(/ *#.*$/gm, ''));
    assert.equal(blocks(french), blocks(english));
  });

  test(`${title}: both lead to the same pages`, () => {
    assert.equal(others(french), others(english));
  });

  test(`${title}: the French page links to French pages`, () => {
    assert.equal(
      links(french).filter((link) => TRANSLATED.test(link) && !link.includes('.fr.md')),
      [],
    );
  });
}

test.run();
