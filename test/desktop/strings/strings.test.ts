import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { wall } from '../../../relay/desktop/strings/en/wall.ts';
import { en } from '../../../relay/desktop/strings/en.ts';
import { wall as frenchWall } from '../../../relay/desktop/strings/fr/wall.ts';
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

test('a page may have texts of its own, in both languages', async () => {
  const page = { en: wall, fr: async () => frenchWall };
  await chooseLanguage('en', page);
  assert.is(t('wall.calls', { count: 1 }), '1 call');
  assert.is(t('app.close'), 'Close');
  await chooseLanguage('fr', page);
  assert.is(t('wall.calls', { count: 2 }), '2 appels');
  assert.is(t('app.close'), 'Fermer');
});

test('both languages have the same values in each text', () => {
  const forms = (text: Text) => (typeof text === 'string' ? [text] : Object.values(text));
  const values = (text: Text) => forms(text).map((form) => (form.match(/\{\w+\}/g) ?? []).sort().join());
  const french = { ...fr, ...frenchWall };
  for (const [key, text] of Object.entries({ ...en, ...wall })) {
    assert.equal([...new Set(values(french[key as keyof typeof french]))], [...new Set(values(text))], key);
  }
});

test('no key is in two parts of the table', async () => {
  const parts = await Promise.all(
    ['shell', 'cards', 'companion', 'wall'].map(
      (part) => import(`../../../relay/desktop/strings/en/${part}.ts`),
    ),
  );
  const keys = parts.flatMap((part: Record<string, object>) => Object.values(part).flatMap(Object.keys));
  assert.is(new Set(keys).size, keys.length);
});

test.run();
