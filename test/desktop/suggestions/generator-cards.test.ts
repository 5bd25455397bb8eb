import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as events from './events.ts';
import { cardsWith, only, record, UTTERANCE } from './events.ts';

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

test.run();
