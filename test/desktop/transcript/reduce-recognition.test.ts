// Interim words, who speaks, and the keypad.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { after, heard, said, spoken, texts } from './transcript-events.ts';

test('interim words become the message in the line where they began', () => {
  const state = after([
    heard({ transcript: 'I was' }, 'a', 1_000),
    said('of the agent', 'b', 2_000, { participantRole: 'HUMAN_AGENT' }),
    heard({ transcript: 'I was charged', stability: 0.9 }, 'a', 3_000),
  ]);
  assert.equal(texts(state), ['I was charged', 'of the agent']);
  assert.is(spoken(state)[0]?.stability, 0.9);
  const settled = after([said('I was charged twice.', 'a', 4_000)], state);
  assert.equal(texts(settled), ['I was charged twice.', 'of the agent']);
  assert.equal(
    settled.lines.map(({ key }) => key),
    ['a', 'b'],
  );
  assert.equal(
    spoken(settled).map(({ isFinal }) => isFinal),
    [true, true],
  );
});

test('words that are older than those shown, or than their message, change nothing', () => {
  const newer = after([heard({ transcript: 'newer' }, 'a', 2_000)]);
  assert.equal(texts(after([heard({ transcript: 'older' }, 'a', 1_000)], newer)), ['newer']);
  const final = after([said('newer.', 'a', 3_000)], newer);
  assert.equal(texts(after([heard({ transcript: 'late' }, 'a', 4_000)], final)), ['newer.']);
});

test('words without an id end with the next message of their speaker', () => {
  const state = after([
    heard({ transcript: 'hello there' }, '', 1_000),
    heard({ transcript: 'good' }, '', 1_100, 'HUMAN_AGENT'),
  ]);
  assert.equal(texts(state), ['hello there', 'good']);
  assert.equal(texts(after([said('Hello there.', 'a', 1_200)], state)), ['good', 'Hello there.']);
});

test('speech without words shows who speaks, until there are words', () => {
  const begun = after([heard({ messageType: 'SPEECH_ACTIVITY_BEGIN' }, '')]);
  assert.equal(begun.speaking, ['END_USER']);
  assert.equal(after([heard({ transcript: 'well' }, 'a')], begun).speaking, []);
  assert.equal(after([heard({ messageType: 'SPEECH_ACTIVITY_END' }, '')], begun).speaking, []);
  assert.equal(after([heard({ messageType: 'SPEECH_ACTIVITY_BEGIN' }, '')], begun).speaking, ['END_USER']);
});

const KEYS = ['DTMF_FOUR', 'DTMF_NINE', 'DTMF_STAR', 'DTMF_POUND'];
const FORMS: Readonly<Record<string, (count: number) => unknown>> = {
  'the events of the protos': (count) => ({ dtmfEvents: KEYS.slice(0, count) }),
  'events with one that is no key': (count) => ({
    dtmfEvents: ['TELEPHONY_DTMF_UNSPECIFIED', ...KEYS.slice(0, count)],
  }),
  'a text of digits': (count) => ({ digits: '49*#'.slice(0, count) }),
  'a text alone': (count) => '49*#'.slice(0, count),
};

for (const [form, pressed] of Object.entries(FORMS)) {
  test(`digits of the keypad as ${form} are counted, and not kept`, () => {
    const state = after([
      heard({ messageType: 'PARTIAL_DTMF_DIGITS', dtmfDigits: pressed(2) }, 'a'),
      heard({ messageType: 'DTMF_DIGITS', dtmfDigits: pressed(4) }, 'a'),
      heard({ messageType: 'PARTIAL_DTMF_DIGITS', dtmfDigits: pressed(3) }, 'a'),
    ]);
    assert.equal(
      state.lines.map((line) => line.is === 'keypad' && line.digits),
      [4],
    );
    assert.not.match(JSON.stringify(state), /49|FOUR|NINE/);
  });
}

test('a keypad event without a key adds no line', () => {
  for (const dtmfDigits of [undefined, {}, { dtmfEvents: [] }, { dtmfEvents: 5 }, [], '']) {
    assert.equal(after([heard({ messageType: 'DTMF_DIGITS', dtmfDigits }, 'a')]).lines, []);
  }
});

test.run();
