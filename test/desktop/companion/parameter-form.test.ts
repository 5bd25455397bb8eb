import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fieldsOf, parametersFrom } from '../../../relay/desktop/companion/parameter-form.ts';
import { revealedLength } from '../../../relay/desktop/companion/reveal.ts';

const PARAMETERS = { text: 'A-1', number: 1.5, flag: false, list: [{ a: 1 }], nothing: null };

test('fields that nobody edits stand for the parameters as they were', () => {
  assert.equal(parametersFrom(fieldsOf(PARAMETERS)), { isValid: true, parameters: PARAMETERS });
});

test('an edited field keeps its type', () => {
  const edited = { text: '7', number: '7', flag: 'true', list: '[]', nothing: '{"a":1}' };
  const fields = fieldsOf(PARAMETERS).map((field) => ({ ...field, value: edited[field.name as 'text'] }));
  assert.equal(parametersFrom(fields), {
    isValid: true,
    parameters: { text: '7', number: 7, flag: true, list: [], nothing: { a: 1 } },
  });
});

test('a number and JSON that cannot be read are told by name', () => {
  const broken = { number: 'seven', list: '[1', nothing: '' };
  const fields = fieldsOf(PARAMETERS).map((field) => ({
    ...field,
    value: broken[field.name as 'list'] ?? field.value,
  }));
  assert.equal(parametersFrom(fields), { isValid: false, faults: ['number', 'list', 'nothing'] });
  for (const value of ['', ' ', 'Infinity', 'NaN']) {
    assert.is(parametersFrom([{ name: 'n', kind: 'number', value }]).isValid, false, value);
  }
});

test('a text is revealed in whole words, all of it within a few steps', () => {
  const text = 'Deliveries take three days.  \u{1F4E6} Returns are free for 30 days.\n';
  const shown: string[] = [];
  for (let length = 0; length < text.length; ) {
    length = revealedLength(text, length);
    shown.push(text.slice(0, length));
  }
  assert.is(shown[0], 'Deliveries take ');
  assert.is(shown.at(-1), text);
  assert.ok(shown.every((part) => part === text || /\s$/.test(part)));
  assert.ok(shown.length <= 12, `${shown.length} steps`);
  assert.is(revealedLength('a   ', 1), 4);
});

test.run();
