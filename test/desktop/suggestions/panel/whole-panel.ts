// The panel as a whole: every kind, the content policy, keys, a supervisor, French, and axe.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { violationsIn } from '../../../helpers/axe.ts';
import { until } from '../../../helpers/until.ts';
import * as events from '../events.ts';
import { record, UTTERANCE } from '../events.ts';
import { view } from './panel-view.ts';

test('a card of every kind is shown, newest first, with the utterance that it answers', async () => {
  await view.open();
  await view.show(...events.ALL);
  await view.show(events.FAQ);
  const kinds = await view.page
    .locator('.card')
    .evaluateAll((cards) => cards.map((element) => (element as HTMLElement).dataset.kind));
  assert.is(kinds.length, 14);
  assert.is(kinds[0], 'faq');
  await view.says('faq', /Suggested 2 times/);
  await view.says('unknown', /suggestHologramsResponse/);
  await view.says('error', /Quota exceeded for FAQ\./);
  await view.card('faq').locator('.card-quote').click();
  assert.equal(await view.calls(), [['jumpTo', UTTERANCE]]);
  assert.equal(view.faults, []);
});

test('text from outside stays text', async () => {
  await view.open();
  const evil = '<img src=x onerror="document.title=1"><b>bold</b>';
  const suggestions = JSON.parse(
    JSON.stringify(events.ALL, (_name, value: unknown) =>
      typeof value === 'string' && !value.includes('/') && !/^[A-Z_]+$/.test(value) ? evil : value,
    ),
  );
  await view.page.evaluate((shown) => window.harness.show(shown), suggestions);
  assert.ok((await view.page.locator('.card').count()) > 5);
  assert.is(await view.page.locator('.card :is(img, b, script)').count(), 0);
  assert.is(await view.page.title(), 'Suggestions');
  assert.equal(view.faults, []);
});

test('a card is displayed once it is in view, and one from the history is not', async () => {
  await view.open('', { viewport: { width: 400, height: 500 } });
  await view.page.evaluate((shown) => window.harness.show([shown], { isReplayed: true }), events.FAQ);
  const generatorSuggestionAnswers = Array.from({ length: 12 }, (_, index) => ({
    generatorSuggestion: { freeFormSuggestion: { response: `Hint ${index}. `.repeat(20) } },
    answerRecord: record(`hint-${index}`),
  }));
  await view.show({ generateSuggestionsResponse: { generatorSuggestionAnswers } });
  await until(async () => (await view.displayed()).includes('hint-0'), 30_000);
  assert.not.ok((await view.displayed()).includes('hint-11'));
  await view.card('hint').last().scrollIntoViewIfNeeded();
  await until(async () => (await view.displayed()).includes('hint-11'), 30_000);
  assert.equal(await view.page.locator('.cards > .notice').allTextContents(), ['From the history']);
  const records = await view.displayed();
  assert.is(new Set(records).size, records.length);
  assert.not.ok(records.includes('faq-1'));
});

test('keys walk the cards and answers, insert, copy, rate and jump', async () => {
  await view.open();
  await view.show(events.REPLIES, events.FAQ);
  await view.card('faq').waitFor();
  await view.page.keyboard.press('j');
  assert.is(await focusedKind(), 'replies');
  await view.page.keyboard.press('l');
  await view.page.keyboard.press('i');
  await view.page.keyboard.press('j');
  assert.is(await focusedKind(), 'faq');
  for (const key of ['c', '+', 'g', 'k']) await view.page.keyboard.press(key);
  assert.is(await focusedKind(), 'replies');
  assert.equal(await view.calls(), [
    ['insert', 'Could you tell me your policy number?'],
    ['copy', 'Open "Your cover" and choose "Renewal details".'],
    ['jumpTo', UTTERANCE],
  ]);
  assert.is(await view.button('Helpful').first().getAttribute('aria-pressed'), 'true');
});

test('a supervisor sees every card and no button', async () => {
  await view.open('?supervisor');
  await view.show(...events.ALL);
  assert.is(await view.page.locator('.card').count(), 14);
  assert.is(await view.page.locator('.card button').count(), 0);
  await view.says('replies', /Let me check that for you\./);
  assert.equal(await view.page.evaluate(() => window.harness.patches()), []);
});

test('the panel speaks French', async () => {
  await view.open('?language=fr-CA');
  await view.show(...events.ALL);
  await view.says('replies', /Réponses rapides/);
  assert.is(await view.button('Confirmer').count(), 1);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the ${colorScheme} panel, with all folds open`, async () => {
    await view.open('', { colorScheme, viewport: { width: 400, height: 900 } });
    await view.show(...events.ALL);
    await view.page.evaluate(() => {
      for (const fold of document.querySelectorAll('details')) fold.open = true;
    });
    await view.button('Not helpful').first().click();
    await view.button('Edit').first().click();
    const violations = await violationsIn(view.page, {
      // The page around the panel has the landmark and the heading of level 1.
      rules: { region: { enabled: false }, 'page-has-heading-one': { enabled: false } },
    });
    assert.equal(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
      [],
    );
  });
}

function focusedKind(): Promise<string | undefined> {
  return view.page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.kind);
}
