// Every page begins with who it is for and what they can do after it.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pages, readDoc } from './markdown.ts';

/** What the first paragraph has to say, in the words of its language. */
const WORDS = {
  english: { reader: /\bis for\b/, use: /\byou (?:can|know|find)\b/ },
  french: { reader: /\bs'adresse (?:à|aux)\b/, use: /\bvous (?:pouvez|savez|trouvez)\b/ },
};

/** What stands between the title and the next empty line. */
function firstParagraph(text: string): string {
  const [, paragraph = ''] = /^# .+\n+((?:.+\n)+)/m.exec(text) ?? [];
  return paragraph.replaceAll('\n', ' ');
}

test('every page begins with who it is for and what they can do after it', () => {
  const vague = pages.filter((page) => {
    const { reader, use } = page.endsWith('.fr.md') ? WORDS.french : WORDS.english;
    const paragraph = firstParagraph(readDoc(page));
    return !reader.test(paragraph) || !use.test(paragraph);
  });
  assert.equal(vague, []);
});

test('a first paragraph without a reader or a use is told from one with both', () => {
  const { reader, use } = WORDS.english;
  const good = firstParagraph('# Title\n\nThis page is for agents. With it\nyou can sign in.\n\nMore.\n');
  assert.ok(reader.test(good) && use.test(good));
  assert.not(use.test(firstParagraph('# Title\n\nThis page is for agents.\n\nHere you can sign in.\n')));
  assert.is(firstParagraph('# Title\n\n## Part\n\nText.\n').includes('Text'), false);
});

test.run();
