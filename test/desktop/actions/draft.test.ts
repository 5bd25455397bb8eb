import { signal } from '@preact/signals';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { insertInto, isSendKey, type KeyPress, withInserted } from '../../../relay/desktop/actions/draft.ts';
import { createEnterSends } from '../../../relay/desktop/actions/send-key.ts';

test('a text that is inserted stands behind what is written', () => {
  assert.is(withInserted('', 'Yes.'), 'Yes.');
  assert.is(withInserted('  \n', 'Yes.'), 'Yes.');
  assert.is(withInserted('Hello.', 'Yes.'), 'Hello. Yes.');
  assert.is(withInserted('Hello.\n', 'Yes.'), 'Hello.\nYes.');
  const draft = signal('Hello.');
  insertInto(draft, 'Yes.');
  assert.is(draft.value, 'Hello. Yes.');
});

test('a text that the draft ends with is not inserted again', () => {
  for (const draft of ['Yes.', 'Hello. Yes.', 'Hello.\nYes.']) assert.is(withInserted(draft, 'Yes.'), draft);
  assert.is(withInserted('Oh,Yes.', 'Yes.'), 'Oh,Yes. Yes.');
});

const press = (keys: Partial<KeyPress> = {}): KeyPress => ({
  key: 'Enter',
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  isComposing: false,
  ...keys,
});

const KEYS: [what: string, keys: Partial<KeyPress>, withSetting: boolean, without: boolean][] = [
  ['Enter', {}, true, false],
  ['Ctrl+Enter', { ctrlKey: true }, true, true],
  ['Command+Enter', { metaKey: true }, true, true],
  ['Shift+Enter', { shiftKey: true }, false, false],
  ['Alt+Enter', { altKey: true }, false, false],
  ['Enter that ends a composition', { isComposing: true }, false, false],
  ['Ctrl+Enter within a composition', { isComposing: true, ctrlKey: true }, false, false],
  ['a letter', { key: 'a' }, false, false],
];

for (const [what, keys, withSetting, without] of KEYS) {
  test(`${what} sends: ${withSetting} where Enter sends, ${without} where not`, () => {
    assert.is(isSendKey(press(keys), true), withSetting);
    assert.is(isSendKey(press(keys), false), without);
  });
}

test('the choice that Enter sends is kept, and holds where nothing can be stored', () => {
  const kept = new Map<string, string>();
  const storage = () =>
    ({
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => kept.set(key, value),
    }) as unknown as Storage;
  const setting = createEnterSends(storage);
  assert.is(setting.value, true);
  setting.value = false;
  assert.is(createEnterSends(storage).value, false);
  const denied = createEnterSends(() => {
    throw new Error('denied');
  });
  denied.value = false;
  assert.is(denied.value, false);
});

test.run();
