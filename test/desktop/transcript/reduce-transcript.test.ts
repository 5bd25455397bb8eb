import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reduceTranscript } from '../../../relay/desktop/transcript/reduce-transcript.ts';
import { after, event, heard, lifecycle, notices, said, spoken, texts } from './transcript-events.ts';

test('an event that repeats leaves the state as it is', () => {
  const message = said('once', 'a', 1_000);
  const state = after([message]);
  assert.is(after([message], state), state);
  // Published twice, with ids of its own.
  assert.equal(texts(after([said('once', 'a', 1_500)], state)), ['once']);
});

test('messages stand in the order of their times, and those of one time as they came', () => {
  const state = after([
    said('c', 'c', 3_000),
    said('a', 'a', 1_000),
    said('b', 'b', 3_000),
    said('d', 'd', 0),
  ]);
  assert.equal(texts(state), ['a', 'c', 'b', 'd']);
});

test('a call needs an agent until one answers, in whatever order that comes', () => {
  const asks = lifecycle('HUMAN_INTERVENTION_NEEDED', 2_000);
  const answer = said('This is Kim.', 'b', 3_000, { participantRole: 'HUMAN_AGENT' });
  const earlier = said('Hello.', 'a', 1_000, { participantRole: 'HUMAN_AGENT' });
  assert.is(after([earlier, asks]).lifecycle, 'needs-agent');
  assert.is(after([asks, said('Anybody there?', 'c', 3_000)]).lifecycle, 'needs-agent');
  assert.is(after([asks, answer]).lifecycle, 'live');
  assert.is(after([answer, asks]).lifecycle, 'live');
  assert.equal(notices(after([answer, asks])), [{ is: 'needs-agent' }]);
});

test('sentiment and entities are taken where the message has them', () => {
  const [line] = spoken(
    after([
      said('Delivered on Monday?', 'a', 1_000, {
        sentimentAnalysis: { queryTextSentiment: { score: -0.6, magnitude: 0.6 } },
        messageAnnotation: {
          parts: [
            { text: 'Delivered on ' },
            { text: 'Monday', entityType: '@sys.date-time', formattedValue: '2026-11-30' },
            { text: '?' },
          ],
          containEntities: true,
        },
      }),
    ]),
  );
  assert.is(line?.sentiment, -0.6);
  assert.equal(line?.parts, [
    { text: 'Delivered on ' },
    { text: 'Monday', entity: 'date time', value: '2026-11-30' },
    { text: '?' },
  ]);
});

test('entities that do not make up the text are left out', () => {
  const [line] = spoken(
    after([
      said('Delivered?', 'a', 1_000, { messageAnnotation: { parts: [{ text: 'other', entityType: 'x' }] } }),
    ]),
  );
  assert.is(line?.text, 'Delivered?');
  assert.equal(line?.parts, []);
});

test('a message of a virtual agent without content shows its responses', () => {
  const responseMessages = [{ text: { text: ['Hello.', 5] } }, { liveAgentHandoff: {} }];
  const state = after([said('', 'a', 1_000, { participantRole: 'AUTOMATED_AGENT', responseMessages })]);
  assert.equal(texts(state), ['Hello.']);
  assert.is(spoken(state)[0]?.role, 'AUTOMATED_AGENT');
});

test('the end removes words that never became a message, and comes once', () => {
  const state = after([
    lifecycle('CONVERSATION_STARTED', 1_000),
    heard({ transcript: 'never ended' }, 'a', 2_000),
    lifecycle('CONVERSATION_FINISHED', 3_000),
    lifecycle('CONVERSATION_FINISHED', 3_500),
    lifecycle('CONVERSATION_STARTED', 4_000),
    heard({ transcript: 'late' }, 'b', 4_000),
  ]);
  assert.is(state.lifecycle, 'finished');
  assert.equal(texts(state), []);
  assert.equal(
    notices(state).map(({ is }) => is),
    ['started', 'finished'],
  );
  assert.is(state.startedAt, 1_000);
  assert.is(state.finishedAt, 3_000);
});

test('a message after the end is shown, and does not open the call again', () => {
  const state = after([lifecycle('CONVERSATION_FINISHED'), said('late', 'a', 2_000)]);
  assert.equal(texts(state), ['late']);
  assert.is(state.lifecycle, 'finished');
});

test('a failure has the reason that Dialogflow gives', () => {
  const state = after([
    lifecycle('UNRECOVERABLE_ERROR', 1_000, { errorStatus: { code: 13, message: 'broken' } }),
  ]);
  assert.is(state.lifecycle, 'failed');
  assert.equal(notices(state), [{ is: 'failed', detail: 'broken' }]);
});

test('what was replayed at the first join ends with one mark', () => {
  const replayed = after([
    said('a', 'a', 1_000, {}, { isReplayed: true }),
    said('b', 'b', 2_000, {}, { isReplayed: true }),
  ]);
  const mark = { is: 'caught-up', isFirstJoin: true, count: 2, from: 1_000, to: 2_000 } as const;
  const state = after([said('c', 'c', 3_000)], reduceTranscript(replayed, mark));
  assert.equal(
    state.lines.map(({ key }) => key),
    ['a', 'b', 'joined', 'c'],
  );
});

test('words that are still open at the first join stay below the mark', () => {
  const open = { ...heard({ transcript: 'and I' }, 'b', 1_500), isReplayed: true };
  const replayed = after([said('a', 'a', 1_000, {}, { isReplayed: true }), open]);
  const mark = { is: 'caught-up', isFirstJoin: true, count: 2, from: 1_000, to: 1_500 } as const;
  assert.equal(
    reduceTranscript(replayed, mark).lines.map(({ key }) => key),
    ['a', 'joined', 'b'],
  );
});

test('a join in the first words of a call has no mark', () => {
  const open = { ...heard({ transcript: 'Good' }, 'a', 1_500), isReplayed: true };
  const begun = { ...lifecycle('CONVERSATION_STARTED'), isReplayed: true };
  const replayed = after([begun, open]);
  const mark = { is: 'caught-up', isFirstJoin: true, count: 2, from: 1_000, to: 1_500 } as const;
  assert.is(reduceTranscript(replayed, mark), replayed);
});

test('what was missed while offline begins with one mark', () => {
  const before = after([said('a', 'a', 1_000)]);
  const replayed = after([said('b', 'b', 2_000, {}, { isReplayed: true })], before);
  const mark = { is: 'caught-up', isFirstJoin: false, count: 1, from: 2_000, to: 2_000 } as const;
  const state = reduceTranscript(replayed, mark);
  assert.equal(
    state.lines.map(({ key }) => key),
    ['a', 'caught-up-2000', 'b'],
  );
  assert.is(reduceTranscript(before, { ...mark, count: 0 }), before);
});

test('a reset clears the view, and the next event says where the history begins', () => {
  const state = reduceTranscript(after([said('a', 'a', 1_000)]), { is: 'reset' });
  assert.equal(state.lines, []);
  const next = after([said('b', 'b', 2_000), said('c', 'c', 3_000)], state);
  assert.equal(texts(next), ['b', 'c']);
  assert.equal(notices(next), [{ is: 'history-missing', before: 2_000 }]);
  assert.is(next.lines[0]?.key, 'history-missing');
});

test('an unforeseen form changes nothing and breaks nothing', () => {
  const odd = [
    event('new-message-event', {}),
    event('new-message-event', { newMessagePayload: 5 }),
    event('new-message-event', { newMessagePayload: { content: { a: 1 }, name: [] } }),
    event('new-recognition-result-notification-event', { newRecognitionResultPayload: { transcript: 5 } }),
    event('new-recognition-result-notification-event', {
      newRecognitionResultPayload: { messageType: 'DTMF_DIGITS' },
    }),
    event('conversation-lifecycle-event', { type: 7 }),
    event('human-agent-assistant-event', { suggestionResults: [] }),
  ];
  assert.equal(after(odd).lines, []);
});

test.run();
