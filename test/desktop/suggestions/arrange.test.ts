import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { arrange, dividerAbove } from '../../../relay/desktop/suggestions/arrange.ts';
import { type Card, cardsOf } from '../../../relay/desktop/suggestions/card.ts';
import { ALL, ARTICLES, FAQ, HINT, REPLIES, SUMMARY, TOOL_CALL } from './events.ts';

let events = 0;
function event(publishedAt: number, ...suggestionResults: unknown[]): Card[] {
  return cardsOf({ id: `event-${++events}`, publishedAt, isReplayed: false, payload: { suggestionResults } });
}

const shown = (cards: readonly Card[]) =>
  arrange(cards).map(({ card, earlier }) => [card.kind, earlier.length]);

const hint = (response: string) => ({
  generateSuggestionsResponse: {
    generatorSuggestionAnswers: [{ generatorSuggestion: { freeFormSuggestion: { response } } }],
  },
});

const tool = (toolCall: object, toolCallResult?: object) => ({
  generateSuggestionsResponse: {
    generatorSuggestionAnswers: [{ generatorSuggestion: { toolCallInfo: [{ toolCall, toolCallResult }] } }],
  },
});

test('the newest event is first, and the cards of one event keep their order', () => {
  assert.equal(shown([...event(1, FAQ, ARTICLES), ...event(2, REPLIES, HINT)]), [
    ['replies', 0],
    ['hint', 0],
    ['faq', 0],
    ['articles', 0],
  ]);
});

test('events that arrive out of order stand by the time of their publishing', () => {
  const cards = [...event(20, hint('second')), ...event(10, hint('first')), ...event(30, hint('third'))];
  assert.equal(
    arrange(cards).map(({ card }) => card.answers[0]?.text),
    ['third', 'second', 'first'],
  );
});

test('of events that were published at one time the last arrival is first', () => {
  const cards = [...event(10, hint('a'), FAQ), ...event(10, hint('b'))];
  assert.equal(
    arrange(cards).map(({ card }) => card.answers[0]?.text.slice(0, 4)),
    ['b', 'a', 'Open'],
  );
});

test('cards that say the same are one card with the older ones behind it', () => {
  const cards = [...event(1, FAQ), ...event(2, ARTICLES), ...event(3, FAQ)];
  assert.equal(shown(cards), [
    ['faq', 1],
    ['articles', 0],
  ]);
  assert.is(arrange(cards)[0]?.card, cards[2]);
});

test('newer replies and a newer summary put the older ones away, whatever they say', () => {
  const other = { suggestSmartRepliesResponse: { smartReplyAnswers: [{ reply: 'Goodbye.' }] } };
  assert.equal(shown([...event(1, REPLIES, SUMMARY), ...event(2, other), ...event(3, SUMMARY)]), [
    ['summary', 1],
    ['replies', 1],
  ]);
});

test('a tool call is one card from proposal to result, under the first id', () => {
  const proposal = event(1, tool(TOOL_CALL));
  const { answerRecord } = TOOL_CALL;
  const result = event(
    3,
    tool({ answerRecord, state: 'TRIGGERED', tool: 'x/tools/orders' }, { content: 'R-1' }),
  );
  const cards = arrange([...proposal, ...event(2, FAQ), ...result]);
  assert.equal(
    cards.map(({ card }) => card.kind),
    ['tool', 'faq'],
  );
  const [first] = cards;
  assert.ok(first?.card.kind === 'tool');
  assert.is(first.card.id, proposal[0]?.id);
  assert.equal(first.card.call.parameters, TOOL_CALL.inputParameters);
  assert.is(first.card.call.name, 'Orders');
  assert.is(first.card.call.action, 'refund_order');
  assert.equal(first.card.call.result, { text: 'R-1', isError: false });
  assert.is(first.card.call.needsConfirmation, false);
  assert.is(first.card.latestMessage, proposal[0]?.latestMessage);
});

test('a tool call keeps its result when the proposal arrives after it', () => {
  const { answerRecord } = TOOL_CALL;
  const result = event(1, tool({ ...TOOL_CALL, state: 'TRIGGERED' }, { content: 'R-1', answerRecord }));
  const [first] = arrange([...result, ...event(2, tool(TOOL_CALL))]);
  assert.ok(first?.card.kind === 'tool');
  assert.equal(first.card.call.result, { text: 'R-1', isError: false });
});

test('cards of all kinds twice are each shown once', () => {
  const cards = [...event(1, ...ALL), ...event(2, ...ALL)];
  const arranged = arrange(cards);
  // The tool of coaching and that of the companion have one answer record.
  assert.is(arranged.length, 14);
  assert.is(new Set(arranged.map(({ card }) => card.id)).size, 14);
});

test('cards from the history are marked where they begin and end, and not each', () => {
  const came = (isReplayed: boolean, time: number) => {
    const card = event(time, hint(`hint ${time}`))[0];
    if (card === undefined) throw new Error('there is no card');
    return { ...card, isReplayed };
  };
  const dividers = (...replayed: boolean[]) => {
    const cards = replayed.map((isReplayed, index) => came(isReplayed, 10 - index));
    return cards.map((card, index) => dividerAbove(card, cards[index - 1]));
  };
  assert.equal(dividers(false, false), [undefined, undefined]);
  assert.equal(dividers(true, true), ['history', undefined]);
  assert.equal(dividers(false, true, true, false, false), [
    undefined,
    'history',
    undefined,
    'shown',
    undefined,
  ]);
});

test.run();
