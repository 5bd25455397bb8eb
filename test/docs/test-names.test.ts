// The names of the tests: each says the input and the result, and fits on a line of a report.
import { globSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT } from './markdown.ts';

const LENGTH_MAX = 80;
/** What a value in a name counts. Tests shorten values that may be longer. */
const VALUE_LENGTH = 8;
const VALUE = /\$\{(?:[^{}`]|\{[^{}]*\}|`[^`]*`)*\}/.source;
const LITERAL = `'(?:[^'\\\\\\n]|\\\\.)*'|"(?:[^"\\\\\\n]|\\\\.)*"|\`(?:[^\`\\\\$]|\\\\.|${VALUE}|\\$(?!\\{))*\``;
/** A call of `test` or of a helper that wraps it: a name, options if it has any, and a function. */
const TEST = new RegExp(
  `\\b\\w+(?:\\.only|\\.skip)?\\(\\s*(${LITERAL}),\\s*(?:\\{[^\\n]*\\},\\s*)?(?:(?:async )?\\(|\\{\\n)`,
  'g',
);

/** The names of the tests in a file, each value in them as a few dots. */
function namesIn(source: string): string[] {
  return [...source.matchAll(TEST)].map(([, literal = '']) =>
    literal.slice(1, -1).replace(new RegExp(VALUE, 'g'), '.'.repeat(VALUE_LENGTH)),
  );
}

const names = globSync('{test,bench}/**/*.ts', { cwd: ROOT }).flatMap((file) =>
  namesIn(readFileSync(ROOT + file, 'utf8')).map((name) => ({ file, name })),
);

test('no name of a test has more than 80 characters', () => {
  assert.equal(
    names
      .filter(({ name }) => name.length > LENGTH_MAX)
      .map(({ file, name }) => `${file}: ${name.length} characters: ${name}`),
    [],
  );
  assert.ok(names.length > 3000, `${names.length} names`);
});

test('names are found with quotes of each kind, with options, and with values', () => {
  const source = [
    "test('one', () => {});",
    'withRedis("it\'s two", async () => {});',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the source of a test
    "test(`three ${a ? `${b}` : 'c'} end`, { limit: 1 }, async (value) => {});",
  ].join('\n');
  assert.equal(namesIn(source), ['one', "it's two", 'three ........ end']);
});

test.run();
