import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as events from './events.ts';
import { cardsWith, only, record, UTTERANCE } from './events.ts';

test('a knowledge answer has its query, one source a document and further queries', () => {
  const card = only('knowledge', events.KNOWLEDGE);
  assert.equal(card.query, {
    text: 'Why did the boiler cover go up?',
    contexts: [{ name: 'product', value: 'Boiler cover' }],
    answerRecord: record('knowledge-1'),
  });
  const answer = card.answers[0];
  assert.is(answer?.origin, 'generative');
  assert.equal(
    answer?.sources.map(({ title, href }) => [title, href]),
    [
      ['Price changes', 'https://help.example.com/prices'],
      ['gs://brightwater/notes.txt', undefined],
    ],
  );
  assert.equal(card.furtherQueries, [
    { text: 'Is there a loyalty discount?', contexts: [], answerRecord: record('query-1') },
  ]);
});

test('knowledge answers of an FAQ, a playbook and an event name their origin', () => {
  const snippets = { snippets: [{ title: 'A', uri: 'https://a.example', text: 'a' }] };
  const origins = [
    { faqSource: { question: 'Q?' } },
    { playbookSource: snippets },
    { eventSource: { event: 'price-change', snippets } },
    {},
  ].map((source) => {
    const suggestedQueryAnswer = { answerText: 'A.', ...source };
    const card = only('knowledge', {
      suggestKnowledgeAssistResponse: { knowledgeAssistAnswer: { suggestedQueryAnswer } },
    });
    const answer = card.answers[0];
    return [answer?.origin, answer?.originName, answer?.sources.length];
  });
  assert.equal(origins, [
    ['faq', 'Q?', 0],
    ['playbook', '', 1],
    ['event', 'price-change', 1],
    ['unknown', '', 0],
  ]);
});

test('a query without an answer is a card that the agent can search with', () => {
  const card = only('knowledge', {
    suggestKnowledgeAssistResponse: {
      knowledgeAssistAnswer: {
        suggestedQuery: { queryText: 'Q?' },
        knowledgeAssistDebugInfo: { datastoreResponseReason: 'ANSWER_GENERATION_NOT_GROUNDED' },
      },
    },
  });
  assert.equal(card.answers, []);
  assert.is(card.query?.text, 'Q?');
  assert.equal(card.reasons, [{ step: 'search', code: 'ANSWER_GENERATION_NOT_GROUNDED' }]);
});

test('knowledge assist with reasons alone says why, and with nothing at all is no card', () => {
  const card = only('empty', events.NO_KNOWLEDGE);
  assert.equal(card.reasons, [
    { step: 'query', code: 'QUERY_GENERATION_NO_QUERY_GENERATED' },
    { step: 'context', code: 'INGESTION_STATUS_PARSE_FAILED', parameter: 'customer' },
  ]);
  assert.equal(cardsWith({ suggestKnowledgeAssistResponse: { latestMessage: UTTERANCE } }), []);
});

test.run();
