// When the events of a scenario come, and what its steps become.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallEvent } from '../../../scripts/calls/call-event.ts';
import type { Step } from '../../../scripts/calls/scenario.ts';
import {
  agent,
  customer,
  handover,
  hangUp,
  keypad,
  silence,
  suggest,
  virtualAgent,
} from '../../../scripts/calls/scenarios/steps.ts';
import { smartReplies } from '../../../scripts/calls/scenarios/suggestions.ts';
import { scheduleScenario } from '../../../scripts/calls/schedule.ts';

const schedule = (...steps: Step[]): CallEvent[] =>
  scheduleScenario({ name: 'test', title: 'Test.', language: 'en-US', steps });

/** When the event comes that has this in its JSON. */
function timeOf(events: readonly CallEvent[], part: string): number {
  const event = events.find(({ data }) => JSON.stringify(data).includes(part));
  assert.ok(event, part);
  return event.atMs;
}

test('a voice, words, the end of the voice and the message come in this order', () => {
  const events = schedule(customer('Where is my parcel?'), hangUp);
  const times = ['SPEECH_ACTIVITY_BEGIN', '"Where"', 'SPEECH_ACTIVITY_END', 'NEW_MESSAGE', 'FINISHED'].map(
    (part) => timeOf(events, part),
  );
  assert.equal(
    times,
    times.toSorted((a, b) => a - b),
  );
});

test('suggestions come while the next one speaks, and name the message before', () => {
  const events = schedule(
    customer('Where is my parcel?'),
    suggest(smartReplies(['Let me see.', 0.9])),
    agent('Good morning, let me have a look at that.'),
    hangUp,
  );
  const suggested = timeOf(events, 'suggestSmartRepliesResponse');
  assert.is(suggested - timeOf(events, 'messages/m1'), 600);
  assert.ok(suggested < timeOf(events, 'messages/m2"'));
  assert.match(JSON.stringify(events), '"latestMessage":"{{conversation}}/messages/m1"');
});

test('the end of the call waits for suggestions that are still to come', () => {
  const events = schedule(customer('Bye.'), suggest(smartReplies(['Bye.', 0.9])), hangUp);
  assert.match(JSON.stringify(events.at(-1)?.data), 'CONVERSATION_FINISHED');
});

test('a silence moves what follows', () => {
  const end = (...steps: Step[]) => schedule(...steps, agent('Yes.'), hangUp).at(-1)?.atMs ?? 0;
  assert.is(end(silence(2_500)) - end(), 2_500);
});

test("a virtual agent's message comes before its speech, without interims", () => {
  const events = schedule(virtualAgent('Welcome. How can I help you?'), handover, hangUp);
  assert.is(events.filter(({ kind }) => kind === 'new-recognition-result-notification-event').length, 0);
  assert.is(timeOf(events, 'NEW_MESSAGE'), 500);
  assert.ok(timeOf(events, 'HUMAN_INTERVENTION_NEEDED') > 2_000);
});

test('keys are reported one by one and then together, for a message of their own', () => {
  const events = schedule(keypad('4*'), agent('Thank you.'), hangUp);
  const digits = events.flatMap(({ data, attributes }) => {
    const result = 'newRecognitionResultPayload' in data ? data.newRecognitionResultPayload : undefined;
    const { messageType, dtmfDigits } = result ?? {};
    return dtmfDigits === undefined ? [] : [[messageType, attributes.message_id, ...dtmfDigits.dtmfEvents]];
  });
  assert.equal(digits, [
    ['PARTIAL_DTMF_DIGITS', 'm1', 'DTMF_FOUR'],
    ['PARTIAL_DTMF_DIGITS', 'm1', 'DTMF_FOUR', 'DTMF_STAR'],
    ['DTMF_DIGITS', 'm1', 'DTMF_FOUR', 'DTMF_STAR'],
  ]);
});

test('a key that a telephone does not have is a mistake of the scenario', () => {
  assert.throws(() => schedule(keypad('4a')), /no key a/);
});

test('an entity that does not stand in the text is a mistake of the scenario', () => {
  const entities = [{ text: 'tomorrow', type: '@sys.date', value: '2026-03-13' }];
  assert.throws(() => schedule(customer('Today.', { entities })), /"tomorrow" does not stand in "Today\."/);
});

test.run();
