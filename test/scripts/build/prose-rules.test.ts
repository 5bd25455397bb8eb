import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findProse } from '../../../scripts/build/prose-rules.ts';

const words = (count: number) => Array.from({ length: count }, () => 'word').join(' ');

test('a sentence of 25 words passes, one of 26 is named with its line', async () => {
  assert.equal(await findProse(`${words(25)}. First ${words(24)}.\n`), []);
  const [finding, ...others] = await findProse(`# Title\n\n${words(26)}.\n`);
  assert.equal(others, []);
  assert.is(finding?.line, 3);
  assert.match(finding?.message ?? '', 'has 26 words, more than 25');
});

test('a long sentence in a table or a list is found', async () => {
  assert.is((await findProse(`| a | b |\n| --- | --- |\n| x | ${words(26)} |\n`)).length, 1);
  assert.is((await findProse(`- ${words(26)}\n`)).length, 1);
});

test('code counts as one word, and a code block not at all', async () => {
  assert.equal(await findProse(`\`${words(30)}\` ${words(24)}.\n\n\`\`\`sh\n${words(40)}\n\`\`\`\n`), []);
});

test('a banned word is named with what to write, outside of code', async () => {
  const findings = await findProse('Connect anew.\n\n`anew` is code.\n');
  assert.equal(findings, [{ line: 1, message: '"anew": write "again"' }]);
});

test.run();
