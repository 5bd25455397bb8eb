import { articles, dialogflowAssists, entities, faqAnswers, smartReplies } from './answer-parsers.ts';
import type { Card, CardBody, SuggestionEvent } from './card-types.ts';
import { generated } from './generator-parser.ts';
import { guidances } from './guidance-parser.ts';
import { list, number, object, text } from './json.ts';
import { knowledgeAssist } from './knowledge-parser.ts';

export type * from './card-types.ts';

/** Of each kind: the field of a SuggestionResult, and what becomes of its value. v2 lacks some, and has no others. */
const PARSERS: ReadonlyMap<string, (value: unknown) => CardBody[]> = new Map([
  ['error', failure],
  ['suggestArticlesResponse', articles],
  ['suggestFaqAnswersResponse', faqAnswers],
  ['suggestSmartRepliesResponse', smartReplies],
  ['suggestKnowledgeAssistResponse', knowledgeAssist],
  ['generateSuggestionsResponse', generated],
  ['generateCompanionSuggestionsResponse', guidances],
  ['suggestDialogflowAssistsResponse', dialogflowAssists],
  ['suggestEntityExtractionResponse', entities],
]);

/**
 * The cards of an event, in the order of its results. Whatever the payload holds, this does not throw: what cannot be
 * read is left out, and a kind that the page does not know becomes a card that says so.
 */
export function cardsOf({ id, publishedAt, isReplayed, payload }: SuggestionEvent): Card[] {
  return list(object(payload).suggestionResults)
    .flatMap((result) => Object.entries(object(result)))
    .flatMap(([field, value]) => bodiesOf(field, value))
    .map((body, index) => ({ ...body, id: `${id}-${index}`, publishedAt, isReplayed }) as Card);
}

function bodiesOf(field: string, value: unknown): CardBody[] {
  // JSON of protos: null stands for a field that is not set.
  if (value === null) return [];
  const parse = PARSERS.get(field);
  if (parse) return parse(value);
  // A new kind has an object; anything else is no suggestion.
  return Object.keys(object(value)).length > 0 ? [{ kind: 'unknown', field, answers: [] }] : [];
}

function failure(value: unknown): CardBody[] {
  const { code, message } = object(value);
  return [{ kind: 'error', code: number(code) ?? 0, message: text(message), answers: [] }];
}
