import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cardsOf } from '../../../relay/desktop/suggestions/card.ts';
import * as events from './events.ts';
import { cardsWith, only, UTTERANCE } from './events.ts';

test('every kind of an event becomes cards, in the order of the results', () => {
  const cards = cardsWith(...events.ALL);
  assert.equal(
    cards.map(({ kind }) => kind),
    [
      'replies',
      'articles',
      'faq',
      'knowledge',
      'empty',
      'coaching',
      'tool',
      'hint',
      'summary',
      'guidance',
      'tool',
      'assist',
      'entities',
      'error',
      'unknown',
    ],
  );
});

test('a card has an id, its time, its utterance and whether it is replayed', () => {
  const payload = { suggestionResults: [events.FAQ, events.REPLIES] };
  const cards = cardsOf({ id: 'message 7', publishedAt: 42, isReplayed: true, payload });
  assert.equal(
    cards.map(({ id }) => id),
    ['message 7-0', 'message 7-1'],
  );
  for (const card of cards) {
    assert.is(card.publishedAt, 42);
    assert.is(card.isReplayed, true);
    assert.is(card.latestMessage, UTTERANCE);
  }
});

test('an error of one feature and an unknown kind are cards of their own', () => {
  assert.equal(only('error', events.FAILURE).message, 'Quota exceeded for FAQ.');
  assert.is(only('unknown', events.NEW_KIND).field, 'suggestHologramsResponse');
});

test('null, empty responses and payloads of another form are no cards', () => {
  assert.equal(cardsWith({ error: null }, { suggestFaqAnswersResponse: {} }, {}, null, 7, 'text', []), []);
  for (const payload of [undefined, null, 'text', 7, [], { suggestionResults: 'text' }])
    assert.equal(cardsOf({ id: 'e', publishedAt: 0, isReplayed: false, payload }), []);
});

test.run();
