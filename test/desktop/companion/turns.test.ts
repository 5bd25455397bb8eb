import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CompanionMessage } from '../../../relay/desktop/companion/messages.ts';
import {
  activeTurn,
  afterChange,
  type CompanionChange,
  type CompanionState,
  NO_TURNS,
} from '../../../relay/desktop/companion/turns.ts';

const ask = (text: string, repeats?: number): CompanionChange => ({
  type: 'asked',
  input: { kind: 'question', text },
  ...(repeats === undefined ? {} : { repeats }),
});
const decide = (answerRecord: string): CompanionChange => ({
  type: 'asked',
  input: {
    kind: 'decision',
    toolName: 'Orders',
    input: { answerRecord, action: 'CONFIRM', sendTime: '2026-01-01T00:00:00Z' },
  },
});
const got = (message: CompanionMessage): CompanionChange => ({ type: 'received', message });
const play = (...changes: CompanionChange[]): CompanionState => changes.reduce(afterChange, NO_TURNS);
const last = (state: CompanionState) => state.turns.at(-1);

test('chunks make the text, and the final answer replaces it', () => {
  const partly = play(ask('?'), got({ responseChunk: 'One ' }), got({ responseChunk: 'two' }));
  assert.is(last(partly)?.text, 'One two');
  assert.is(last(partly)?.state, 'answering');
  const whole = afterChange(
    partly,
    got({ reactiveModeFinalResponse: { response: 'One, two.' }, isFinal: true, answerRecord: 'r' }),
  );
  assert.is(last(whole)?.text, 'One, two.');
  assert.is(last(whole)?.answerRecord, 'r');
  assert.is(last(whole)?.state, 'done');
  assert.is(activeTurn(whole), undefined);
});

test('a final message without a response leaves the chunks', () => {
  const state = play(ask('?'), got({ responseChunk: 'One' }), got({ isFinal: true }));
  assert.is(last(state)?.text, 'One');
  assert.is(last(state)?.state, 'done');
});

test('an answer that was cancelled stays as it was, until the companion confirms', () => {
  const cancelling = play(
    ask('?'),
    got({ responseChunk: 'One' }),
    { type: 'cancelling' },
    got({ responseChunk: ' two' }),
    got({ reactiveModeFinalResponse: { response: 'One two' }, isFinal: true }),
  );
  assert.is(last(cancelling)?.text, 'One');
  assert.is(last(cancelling)?.state, 'cancelling');
  for (const status of ['CANCELLED', { code: 1 }]) {
    assert.is(last(afterChange(cancelling, got({ status, isFinal: true })))?.state, 'cancelled');
  }
});

test('what comes when no turn is active is passed over', () => {
  const done = play(ask('?'), got({ isFinal: true }));
  assert.is(afterChange(done, got({ responseChunk: 'late' })), done);
  assert.is(afterChange(done, { type: 'failed', error: new Error('late') }), done);
  assert.is(afterChange(NO_TURNS, got({ responseChunk: 'early' })), NO_TURNS);
});

test('a tool call that comes twice is one, with the result of the later one', () => {
  const call = { answerRecord: 'r', action: 'refund', state: 'NEEDS_CONFIRMATION' };
  const state = play(
    ask('?'),
    got({ intermediateToolCallEvents: { toolCallSuggestions: [{ toolCallInfo: { toolCall: call } }, {}] } }),
    got({
      reactiveModeFinalResponse: {
        response: 'Done',
        toolCalls: [{ toolCallInfo: { toolCall: call, toolCallResult: { content: '1' } } }],
      },
    }),
  );
  assert.equal(last(state)?.toolCalls, [{ toolCall: call, toolCallResult: { content: '1' } }]);
});

test('a decision is known, until its turn fails and the agent may decide again', () => {
  const decided = play(ask('?'), got({ isFinal: true }), decide('r'));
  assert.equal(decided.decisions, { r: 'CONFIRM' });
  assert.equal(afterChange(decided, got({ isFinal: true })).decisions, { r: 'CONFIRM' });
  assert.equal(afterChange(decided, { type: 'failed', error: 1 }).decisions, {});
});

test('a question that is asked again marks the turn that it repeats', () => {
  const state = play(ask('?'), { type: 'failed', error: 1 }, ask('?', 1));
  assert.equal(
    state.turns.map(({ id, isRepeated }) => [id, isRepeated ?? false]),
    [
      [1, true],
      [2, false],
    ],
  );
});

test('fields of another form than the protos have do no harm', () => {
  const odd = [
    { responseChunk: 5 },
    { intermediateToolCallEvents: { toolCallSuggestions: {} } },
    { reactiveModeFinalResponse: { response: 7, toolCalls: 'x' } },
    { status: null },
  ] as unknown as CompanionMessage[];
  assert.is(last(play(ask('?'), ...odd.map(got)))?.text, '');
});

test.run();
