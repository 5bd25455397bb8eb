import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { suggestionCards } from '../../../relay/desktop/suggestion-cards.ts';
import { billing } from '../../../scripts/calls/scenarios/billing.ts';

const cards = (...suggestionResults: unknown[]) => suggestionCards({ suggestionResults });

test('every suggestion of the scripted call has a card', () => {
  for (const step of billing.steps) {
    if (step.type !== 'suggestions') continue;
    assert.ok(cards(...step.results).length >= step.results.length, JSON.stringify(step.results));
  }
});

test('a result is shown by its kind', () => {
  assert.equal(
    cards({ suggestSmartRepliesResponse: { smartReplyAnswers: [{ reply: 'Yes.' }, { reply: 'No.' }] } }),
    [{ title: 'Replies', lines: [{ text: 'Yes.' }, { text: 'No.' }] }],
  );
  assert.equal(cards({ error: { code: 8, message: 'Quota exceeded.' } }), [
    { title: 'Suggestion failed', lines: [{ text: 'Quota exceeded.' }] },
  ]);
});

test('only web addresses become links', () => {
  const articles = (uri: unknown) =>
    cards({ suggestArticlesResponse: { articleAnswers: [{ title: 'T', uri }] } });
  assert.equal(articles('https://kb.example/a')[0]?.lines, [{ text: 'T', href: 'https://kb.example/a' }]);
  for (const uri of [
    'javascript:alert(1)',
    'JAVASCRIPT:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,x',
    5,
    null,
  ]) {
    assert.equal(articles(uri)[0]?.lines, [{ text: 'T' }]);
  }
});

test('an unforeseen form shows nothing, breaks nothing and hides nothing else', () => {
  const odd = [null, 5, 'text', {}, { unknown: { a: 1 } }, { suggestSmartRepliesResponse: null }];
  const broken = [
    { suggestSmartRepliesResponse: { smartReplyAnswers: 5 } },
    { suggestSmartRepliesResponse: { smartReplyAnswers: [null] } },
    { generateSuggestionsResponse: { generatorSuggestionAnswers: [{}, { generatorSuggestion: null }] } },
    { suggestFaqAnswersResponse: { faqAnswers: [{ question: { a: 1 } }] } },
  ];
  const good = { error: { message: 'shown' } };
  assert.equal(cards(...odd, ...broken, good), [{ title: 'Suggestion failed', lines: [{ text: 'shown' }] }]);
  for (const event of [null, undefined, [], {}, { suggestionResults: {} }])
    assert.equal(suggestionCards(event), []);
});

test.run();
