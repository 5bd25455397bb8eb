import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseLanguage, TABLES, t } from '../../../../scripts/demo/drawer/strings.ts';

test.after.each(() => chooseLanguage('en'));

test('both languages have the same values in each text', () => {
  for (const [key, text] of Object.entries(TABLES.en)) {
    const french = TABLES.fr[key as keyof typeof TABLES.en];
    assert.is(french.includes('{time}'), text.includes('{time}'), key);
    assert.not(french === '', key);
  }
});

test('a text has its time, as the language writes it', () => {
  chooseLanguage('fr');
  const time = new Date(2026, 10, 30, 15, 4, 5).getTime();
  assert.is(t('now.redis', time), 'Redis est arrêté jusqu’à 15:04:05.');
  assert.is(t('now.relay', null), 'Le relais redémarre.');
  chooseLanguage('de');
  assert.is(t('now.relay'), 'The relay restarts.');
});

test.run();
