import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { afterEvents, NOTHING_SAID, SENTIMENTS_MAX } from '../../../relay/conversations/call-state.ts';

const NAME = 'projects/demo-project/locations/europe-west2/conversations/c-1';
const TIME = '2026-03-12T09:31:47.902Z';

const envelope = (published: unknown, publishTime = TIME) =>
  JSON.stringify({ data: JSON.stringify(published), publish_time: publishTime });
const message = (newMessagePayload: unknown, more: object = {}) =>
  envelope({ conversation: NAME, type: 'NEW_MESSAGE', newMessagePayload, ...more });
const customer = (queryTextSentiment?: object) =>
  message({
    participantRole: 'END_USER',
    ...(queryTextSentiment && { sentimentAnalysis: { queryTextSentiment } }),
  });

test('the location comes from the name in an event, and stays without one', () => {
  const located = afterEvents(NOTHING_SAID, [envelope({ conversation: NAME })]);
  assert.is(located.location, 'europe-west2');
  const short = envelope({ conversation: 'projects/demo-project/conversations/c-1' });
  assert.is(afterEvents(located, [short]).location, 'europe-west2');
});

test('the newest agent answers, whether human or not', () => {
  const machine = message({ participantRole: 'AUTOMATED_AGENT' });
  const human = message({ participantRole: 'HUMAN_AGENT' });
  assert.is(afterEvents(NOTHING_SAID, [customer()]).answeredBy, undefined);
  assert.is(afterEvents(NOTHING_SAID, [machine, customer()]).answeredBy, 'AUTOMATED_AGENT');
  const state = afterEvents(NOTHING_SAID, [machine, human, customer()]);
  assert.is(state.answeredBy, 'HUMAN_AGENT');
  assert.is(state.humanAgentAt, '2026-03-12T09:31:47.902000000');
});

test('roles are taken as numbers and payloads in snake case, too', () => {
  const state = afterEvents(NOTHING_SAID, [
    envelope({ new_message_payload: { participant_role: 1 } }),
    envelope({
      new_message_payload: {
        participant_role: 3,
        sentiment_analysis: { query_text_sentiment: { score: -0.5, magnitude: 0.5 } },
      },
    }),
  ]);
  assert.is(state.answeredBy, 'HUMAN_AGENT');
  assert.equal(state.sentiments, [{ score: -0.5, magnitude: 0.5 }]);
});

test('the newest sentiments of the customer are kept, and those of agents are not', () => {
  const scores = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7];
  const agent = message({
    participantRole: 'HUMAN_AGENT',
    sentimentAnalysis: { queryTextSentiment: { score: 1, magnitude: 1 } },
  });
  const events = scores.map((score) => customer({ score, magnitude: score }));
  const { sentiments } = afterEvents(NOTHING_SAID, [agent, ...events, customer()]);
  assert.equal(
    sentiments.map(({ score }) => score),
    scores.slice(-SENTIMENTS_MAX),
  );
});

test('a sentiment without its zeros is one of zero', () => {
  assert.equal(afterEvents(NOTHING_SAID, [customer({})]).sentiments, [{ score: 0, magnitude: 0 }]);
});

for (const [what, odd] of [
  ['no JSON', 'not json {'],
  ['null', 'null'],
  ['data that is no JSON', JSON.stringify({ data: '{' })],
  ['no data', '{}'],
  ['a payload of another type', envelope({ newMessagePayload: 'text' })],
  ['a sentiment of another type', customer({ score: 'bad' })],
] as const) {
  test(`an event with ${what} changes nothing`, () => {
    const before = afterEvents(NOTHING_SAID, [customer({ score: 0.5, magnitude: 0.5 })]);
    assert.equal(afterEvents(before, [odd]), before);
  });
}

test('nothing of what was said is in the state', () => {
  const state = afterEvents(NOTHING_SAID, [message({ participantRole: 'END_USER', content: 'zanzibar' })]);
  assert.not.match(JSON.stringify(state), 'zanzibar');
});

test.run();
