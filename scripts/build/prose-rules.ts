// The rules of the project's English: what a reader must not have to read twice.
import type { TxtNode } from '@textlint/ast-node-types';
import { TextlintKernel } from '@textlint/kernel';
import markdown from '@textlint/textlint-plugin-markdown';
import type { TextlintRuleModule } from '@textlint/types';

const WORDS_MAX = 25;
/** How much of a long sentence the finding repeats. */
const WORDS_SHOWN = 6;

/** Words that belong to riddles and old books, each with what to write. */
const BANNED: Readonly<Record<string, string>> = {
  whoever: 'name the person, or write "anyone who"',
  whatever: 'name the thing',
  anew: 'write "again"',
  'goes for': 'write "applies to"',
  'of one who': 'name the person',
  'is nobody': 'say what is missing',
  'nothing worse': 'say what happens',
  utilize: 'write "use"',
  'in order to': 'write "to"',
};
const BANNED_WORDS = new RegExp(`\\b(${Object.keys(BANNED).join('|')})\\b`, 'gi');

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

const kernel = new TextlintKernel();

/** What a page of Markdown breaks of the rules below, each with its line. */
export async function findProse(page: string): Promise<{ line: number; message: string }[]> {
  const { messages } = await kernel.lintText(page, {
    ext: '.md',
    plugins: [{ pluginId: 'markdown', plugin: markdown.default }],
    rules: [
      { ruleId: 'short-sentences', rule: shortSentences },
      { ruleId: 'plain-words', rule: plainWords },
    ],
  });
  return messages.map(({ loc, message }) => ({ line: loc.start.line, message }));
}

/** A sentence has at most 25 words. A piece of code is one word. */
const shortSentences: TextlintRuleModule = ({ Syntax, RuleError, report }) => {
  const check = (node: TxtNode) => {
    for (const { segment } of sentences.segment(textOf(node))) {
      const words = segment.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
      if (words > WORDS_MAX) {
        const start = segment.trim().split(/\s+/, WORDS_SHOWN).join(' ');
        report(
          node,
          new RuleError(`"${start} …" has ${words} words, more than ${WORDS_MAX}: split the sentence`),
        );
      }
    }
  };
  return { [Syntax.Paragraph]: check, [Syntax.TableCell]: check };
};

/** No banned word outside of code. */
const plainWords: TextlintRuleModule = ({ Syntax, RuleError, report, getSource, locator }) => ({
  [Syntax.Str](node) {
    for (const { 0: word, index } of getSource(node).matchAll(BANNED_WORDS)) {
      const remedy = BANNED[word.toLowerCase()];
      report(node, new RuleError(`"${word}": ${remedy}`, { padding: locator.at(index) }));
    }
  },
});

/** As a reader sees it. A capital, because code may begin a sentence. */
function textOf(node: TxtNode): string {
  if (node.type === 'Code') return 'Code';
  if ('children' in node) return (node.children as TxtNode[]).map(textOf).join('');
  return 'value' in node ? String(node.value) : '';
}
