import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Card, cardsOf } from '../../../relay/desktop/suggestions/card.ts';
import * as events from './events.ts';
import { cardsWith, record, UTTERANCE } from './events.ts';

/** The only card of a result, of this kind. */
function only<Kind extends Card['kind']>(kind: Kind, ...results: unknown[]): Extract<Card, { kind: Kind }> {
  const cards = cardsWith(...results);
  assert.equal(
    cards.map((card) => card.kind),
    [kind],
  );
  return cards[0] as Extract<Card, { kind: Kind }>;
}

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

test('smart replies keep their rank, and a reply without text is left out', () => {
  const { smartReplyAnswers } = events.REPLIES.suggestSmartRepliesResponse;
  const answers = [...smartReplyAnswers, { confidence: 0.1, answerRecord: record('reply-3') }];
  const card = only('replies', { suggestSmartRepliesResponse: { smartReplyAnswers: answers } });
  assert.equal(
    card.answers.map(({ text, answerRecord }) => [text, answerRecord]),
    [
      ['Let me check that for you.', record('reply-1')],
      ['Could you tell me your policy number?', record('reply-2')],
    ],
  );
});

test('an article opens by http and https alone; any other address is text', () => {
  const card = only('articles', events.ARTICLES);
  assert.equal(card.answers[0]?.source, {
    title: 'How renewal prices are set',
    href: 'https://help.example.com/renewals',
    excerpt: '',
  });
  assert.equal(card.answers[1]?.source, {
    title: 'Archived price list',
    address: 'gs://brightwater/prices.pdf',
    excerpt: '',
  });
  assert.equal(card.answers[0]?.details, [{ name: 'document_display_name', value: 'Renewals' }]);
  for (const uri of ['javascript:alert(1)', 'data:text/html,x', ' javascript:alert(1)', 'JaVaScRiPt:0']) {
    const article = only('articles', { suggestArticlesResponse: { articleAnswers: [{ title: 'T', uri }] } });
    assert.is(article.answers[0]?.source.href, undefined, uri);
  }
});

test('an FAQ answer has its question, confidence and metadata', () => {
  const card = only('faq', events.FAQ);
  assert.equal(card.answers[0], {
    text: 'Open "Your cover" and choose "Renewal details".',
    question: 'Where can I see what changed in my renewal?',
    confidence: 0.90625,
    details: [{ name: 'document_display_name', value: 'Renewal FAQ (March)' }],
    answerRecord: record('faq-1'),
  });
});

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

test('coaching names the instructions of each part, and marks what was said before', () => {
  const [card] = cardsWith(events.COACHING);
  assert.ok(card?.kind === 'coaching');
  assert.equal(card.actions, [
    { text: 'Apologize for the surprise.', instructions: ['Empathy'], isDuplicate: false },
    { text: 'Offer the loyalty discount.', instructions: ['Retention'], isDuplicate: true },
  ]);
  // What is folded stands last, as on the screen.
  assert.equal(
    card.answers.map(({ text, isDuplicate }) => [text, isDuplicate]),
    [
      ['I am sorry that nobody told you.', false],
      ['You may get 10 % off.', true],
    ],
  );
  assert.equal(
    card.instructions.map(({ name }) => name),
    ['Empathy', 'Retention'],
  );
});

test('coaching without a response can still be rated', () => {
  const agentCoachingSuggestion = { agentActionSuggestions: [{ agentAction: 'Listen.' }] };
  const answer = { answerRecord: record('c'), generatorSuggestion: { agentCoachingSuggestion } };
  const card = only('coaching', { generateSuggestionsResponse: { generatorSuggestionAnswers: [answer] } });
  assert.equal(card.answers, [{ text: '', instructions: [], isDuplicate: false, answerRecord: record('c') }]);
});

test('a hint names its generator, and a summary has its sections and their text', () => {
  const hint = only('hint', events.HINT);
  assert.is(hint.generator, 'next-message');
  assert.equal(hint.answers, [{ text: 'Thank you for waiting.', answerRecord: record('hint-1') }]);
  const summary = only('summary', events.SUMMARY);
  assert.equal(summary.sections[1], { name: 'Action', text: 'The agent compared the prices.' });
  assert.is(
    summary.answers[0]?.text,
    'Situation\nThe renewal price went up.\n\nAction\nThe agent compared the prices.',
  );
});

test('a tool call has its parameters, its state and the answer record of the call', () => {
  const card = cardsWith(events.COACHING).find(({ kind }) => kind === 'tool');
  assert.ok(card?.kind === 'tool');
  assert.equal(card.call, {
    name: 'Orders',
    action: 'refund_order',
    description: 'Refunds an order.',
    parameters: { order_id: 'A-1001', amount: 12.5, notify: true },
    needsConfirmation: true,
    progress: '',
  });
  assert.is(card.answers[0]?.answerRecord, record('tool-1'));
  assert.is(card.latestMessage, UTTERANCE);
});

test('a tool result is its content, its decoded raw content or its error', () => {
  const results = [
    { content: '{"refund_id":"R-1"}' },
    { rawContent: 'w6l0w6k=' },
    { rawContent: '/w==' },
    { error: { message: 'The order is closed.' } },
  ].map((toolCallResult) => {
    const toolCallInfo = [{ toolCall: events.TOOL_CALL, toolCallResult }];
    const [card] = cardsWith({
      generateSuggestionsResponse: {
        generatorSuggestionAnswers: [{ generatorSuggestion: { toolCallInfo } }],
      },
    });
    return card?.kind === 'tool' ? card.call.result : undefined;
  });
  assert.equal(results, [
    { text: '{"refund_id":"R-1"}', isError: false },
    { text: 'été', isError: false },
    { text: '', isError: false },
    { text: 'The order is closed.', isError: true },
  ]);
});

test('a guidance cites its sources in the reply, by bytes, and never has HTML', () => {
  const [card] = cardsWith(events.GUIDANCE);
  assert.ok(card?.kind === 'guidance');
  assert.equal(card.reply, [
    { text: 'Good news 📦: ', sources: [] },
    { text: 'returns are free for 30 days', sources: [0, 1] },
    { text: '.', sources: [] },
  ]);
  assert.equal(card.action, [{ text: 'Check the date of delivery.', sources: [] }]);
  // The document that both messages name is one source.
  assert.equal(
    card.sources.map(({ title }) => title),
    ['Returns', 'Consumer law'],
  );
  assert.equal(card.webQueries, ['return deadline']);
  assert.is(card.followsTool, true);
  assert.is(card.instruction?.name, 'Returns');
  assert.not.match(JSON.stringify(card), '<script>');
});

test('a Dialogflow assist is an answer of the virtual agent or an intent to choose', () => {
  const card = only('assist', events.ASSIST);
  assert.equal(card.answers, [
    {
      answerRecord: record('assist-1'),
      text: 'Your parcel is on its way.',
      intent: 'parcel.where',
      description: '',
      parameters: [{ name: 'order', value: 'A-1001' }],
      isIntent: false,
    },
    {
      answerRecord: record('assist-2'),
      text: '',
      intent: 'parcel.cancel',
      description: 'Cancels a parcel.',
      parameters: [],
      isIntent: true,
    },
  ]);
});

test('extracted entities are names and values, nested ones as JSON', () => {
  const card = only('entities', events.ENTITIES);
  assert.equal(card.answers[0]?.parameters, [
    { name: 'policy-number', value: 'BW-22817' },
    { name: 'date', value: '{"year":2026}' },
  ]);
  assert.is(card.answers[0]?.text, 'policy-number: BW-22817\ndate: {"year":2026}');
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
