// The kinds whose answers stand in a row, each with an answer record of its own.
import type { AssistAnswer, CardBody, EntityAnswer } from './card-types.ts';
import { list, number, object, optional, readable, text, texts } from './json.ts';
import { detailsOf, sourceOf } from './sources.ts';

/** SuggestSmartRepliesResponse: in the order of their rank. */
export function smartReplies(value: unknown): CardBody[] {
  const response = object(value);
  const answers = list(response.smartReplyAnswers)
    .map(object)
    .map((answer) => ({
      text: text(answer.reply),
      ...confidenceOf(answer.confidence),
      ...optional('answerRecord', answer.answerRecord),
    }))
    .filter((answer) => answer.text !== '');
  return cards({ kind: 'replies', answers, ...optional('latestMessage', response.latestMessage) });
}

/** SuggestArticlesResponse. */
export function articles(value: unknown): CardBody[] {
  const response = object(value);
  const answers = list(response.articleAnswers).flatMap((item) => {
    const answer = object(item);
    const source = sourceOf(answer.title, answer.uri, '');
    const snippets = texts(answer.snippets);
    if (source === undefined && snippets.length === 0) return [];
    return [
      {
        text: source?.href ?? '',
        source: source ?? { title: '', excerpt: '' },
        snippets,
        details: detailsOf(answer.metadata),
        ...optional('answerRecord', answer.answerRecord),
      },
    ];
  });
  return cards({ kind: 'articles', answers, ...optional('latestMessage', response.latestMessage) });
}

/** SuggestFaqAnswersResponse. */
export function faqAnswers(value: unknown): CardBody[] {
  const response = object(value);
  const answers = list(response.faqAnswers)
    .map(object)
    .map((answer) => ({
      text: text(answer.answer),
      question: text(answer.question),
      ...confidenceOf(answer.confidence),
      details: detailsOf(answer.metadata),
      ...optional('answerRecord', answer.answerRecord),
    }))
    .filter((answer) => answer.text !== '' || answer.question !== '');
  return cards({ kind: 'faq', answers, ...optional('latestMessage', response.latestMessage) });
}

/** SuggestDialogflowAssistsResponse of v2beta1: answers of a virtual agent, or intents to choose. */
export function dialogflowAssists(value: unknown): CardBody[] {
  const response = object(value);
  const answers = list(response.dialogflowAssistAnswers).flatMap((item): AssistAnswer[] => {
    const answer = object(item);
    const { displayName, description } = object(answer.intentSuggestion);
    const result = object(answer.queryResult);
    const record = optional('answerRecord', answer.answerRecord);
    if (text(displayName) !== '') {
      const intent = text(displayName);
      return [
        { ...record, text: '', intent, description: text(description), parameters: [], isIntent: true },
      ];
    }
    const said = fulfillment(result);
    const parameters = detailsOf(result.parameters);
    const intent = text(object(result.intent).displayName);
    if (said === '' && parameters.length === 0 && intent === '') return [];
    return [{ ...record, text: said, intent, description: '', parameters, isIntent: false }];
  });
  return cards({ kind: 'assist', answers, ...optional('latestMessage', response.latestMessage) });
}

/** The same message, where what counts are the parameters that were found. */
export function entities(value: unknown): CardBody[] {
  const response = object(value);
  const answers = list(response.dialogflowAssistAnswers).flatMap((item): EntityAnswer[] => {
    const answer = object(item);
    const parameters = detailsOf(object(answer.queryResult).parameters);
    const lines = parameters.map((parameter) => `${parameter.name}: ${parameter.value}`).join('\n');
    return parameters.length === 0
      ? []
      : [{ text: lines, parameters, ...optional('answerRecord', answer.answerRecord) }];
  });
  return cards({ kind: 'entities', answers, ...optional('latestMessage', response.latestMessage) });
}

/** What the virtual agent says: its text, else the texts of its messages. */
function fulfillment(result: Readonly<Record<string, unknown>>): string {
  const said = text(result.fulfillmentText);
  if (said !== '') return said;
  const messages = list(result.fulfillmentMessages).map((message) => object(object(message).text).text);
  return messages
    .map((variants) => readable(list(variants)[0]).trim())
    .filter(Boolean)
    .join('\n');
}

function confidenceOf(value: unknown): { confidence?: number } {
  const confidence = number(value);
  return confidence === undefined || confidence <= 0 || confidence > 1 ? {} : { confidence };
}

/** An empty response is no card. */
function cards(card: CardBody): CardBody[] {
  return card.answers.length === 0 ? [] : [card];
}
