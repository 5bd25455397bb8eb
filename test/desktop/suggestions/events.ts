// Payloads of a HumanAgentAssistantEvent as Dialogflow sends them, one of each kind.
import * as assert from 'uvu/assert';
import { type Card, cardsOf } from '../../../relay/desktop/suggestions/card.ts';
import { ARTICLES, ASSIST, ENTITIES, FAQ, KNOWLEDGE, NO_KNOWLEDGE, REPLIES } from './answer-events.ts';
import { COACHING, GUIDANCE, HINT, SUMMARY } from './generator-events.ts';
import { CONVERSATION } from './resources.ts';

export * from './answer-events.ts';
export * from './generator-events.ts';
export { record, UTTERANCE } from './resources.ts';

/** The cards of an event with these results. */
export function cardsWith(...suggestionResults: unknown[]): Card[] {
  const payload = { conversation: CONVERSATION, suggestionResults };
  return cardsOf({ id: 'event-1', publishedAt: 1_000, isReplayed: false, payload });
}

/** The only card of these results, of this kind. */
export function only<Kind extends Card['kind']>(
  kind: Kind,
  ...results: unknown[]
): Extract<Card, { kind: Kind }> {
  const cards = cardsWith(...results);
  assert.equal(
    cards.map((card) => card.kind),
    [kind],
  );
  return cards[0] as Extract<Card, { kind: Kind }>;
}

export const FAILURE = { error: { code: 8, message: 'Quota exceeded for FAQ.' } };
export const NEW_KIND = { suggestHologramsResponse: { holograms: [{ uri: 'https://example.com' }] } };

export const ALL = [
  REPLIES,
  ARTICLES,
  FAQ,
  KNOWLEDGE,
  NO_KNOWLEDGE,
  COACHING,
  HINT,
  SUMMARY,
  GUIDANCE,
  ASSIST,
  ENTITIES,
  FAILURE,
  NEW_KIND,
];
