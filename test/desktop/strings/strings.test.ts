import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { en } from '../../../relay/desktop/strings/en.ts';
import { fr } from '../../../relay/desktop/strings/fr.ts';
import { chooseLanguage, languageFor, t } from '../../../relay/desktop/strings/strings.ts';
import type { Text } from '../../../relay/desktop/strings/text.ts';

test.after.each(() => chooseLanguage('en'));

test('a text has its values, and the form of its count', async () => {
  await chooseLanguage('en');
  assert.is(t('transcript.keypad', { count: 1 }), '1 digit on the keypad');
  assert.is(t('transcript.keypad', { count: 1200 }), '1,200 digits on the keypad');
  await chooseLanguage('fr');
  assert.is(t('transcript.keypad', { count: 0 }), '0 chiffre au clavier');
});

test('French has no-break spaces before its marks and inside of guillemets', async () => {
  await chooseLanguage('fr');
  assert.is(t('connection.label'), 'Connexion\u00a0:');
  assert.is(t('search.searching', { query: 'a : b' }), 'Recherche de «\u00a0a : b\u00a0»');
});

test('a value is put in as it is, whatever it holds', () => {
  assert.is(t('calls.waiting', { phone: '{phone}$&' }), 'Waiting for a call from {phone}$&');
});

test("the browser's language decides, English where there is no other", () => {
  assert.is(languageFor('fr-CA'), 'fr');
  assert.is(languageFor('FR'), 'fr');
  assert.is(languageFor('de'), 'en');
  assert.is(languageFor('frr'), 'en');
  assert.is(languageFor(undefined), 'en');
});

test('both languages have the same values in each text', () => {
  const forms = (text: Text) => (typeof text === 'string' ? [text] : Object.values(text));
  const values = (text: Text) => forms(text).map((form) => (form.match(/\{\w+\}/g) ?? []).sort().join());
  for (const [key, text] of Object.entries(en)) {
    assert.equal([...new Set(values(fr[key as keyof typeof en]))], [...new Set(values(text))], key);
  }
});

test('no key is in two parts of the table', async () => {
  const parts = await Promise.all(
    ['shell', 'cards', 'companion'].map((part) => import(`../../../relay/desktop/strings/en/${part}.ts`)),
  );
  const keys = parts.flatMap((part: Record<string, object>) => Object.values(part).flatMap(Object.keys));
  assert.is(new Set(keys).size, keys.length);
});

test.run();
