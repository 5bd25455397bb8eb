// A call of the scenarios as a relay delivers it, recorded and read again.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CallEvent, placeEvent } from '../../../scripts/calls/call-event.ts';
import { withPlaceholders } from '../../../scripts/calls/placeholders.ts';
import { RecordedNames } from '../../../scripts/calls/recorded-names.ts';
import { eventLine, headerLine, parseRecording } from '../../../scripts/calls/recording.ts';
import { SCENARIOS } from '../../../scripts/calls/scenarios/index.ts';
import { scheduleScenario } from '../../../scripts/calls/schedule.ts';
import type { Envelope } from '../../../shared/event.ts';
import { faultsOf } from '../local/dialogflow/proto-json.ts';

const START = Date.parse('2026-03-12T09:00:00Z');
const LOCATION = 'projects/secret-project/locations/europe-west2';

/** What a relay delivers of an event. */
function envelopeOf({ atMs, kind, attributes, data }: CallEvent): Envelope {
  return {
    conversation_name: 'projects/secret-project/conversations/secret-call',
    data: JSON.stringify(data),
    data_type: kind,
    ack_time: '2026-03-12T09:00:00Z',
    publish_time: new Date(START + atMs).toISOString(),
    message_id: '1',
    ...(attributes.message_id === undefined
      ? {}
      : {
          participant_role: attributes.participant_role ?? '',
          new_recognition_result_message_id: attributes.message_id,
        }),
  };
}

function record(events: readonly CallEvent[], withContent: boolean): string {
  const placement = {
    location: LOCATION,
    conversationId: 'secret-call',
    startedAt: new Date(START),
    speed: 1,
  };
  const names = new RecordedNames();
  const lines = events.map((event) => {
    const recorded = names.toCallEvent(envelopeOf(placeEvent(event, placement)));
    return eventLine(withContent ? recorded : { ...recorded, data: withPlaceholders(recorded.data) });
  });
  return headerLine(withContent ? 'recorded' : 'placeholders') + lines.join('');
}

/** Words that the texts of an event have and that no placeholder has. */
function wordsIn(value: unknown): Set<string> {
  return new Set(JSON.stringify(value).match(/\p{L}{5,}/gu));
}

for (const scenario of SCENARIOS) {
  const events = scheduleScenario(scenario);

  test(`${scenario.name} with its content is played as it was, with other names`, () => {
    const text = record(events, true);
    assert.not.match(text, 'secret');
    const again = parseRecording(text);
    assert.equal(
      again.map(({ atMs, kind, attributes }) => ({
        atMs: Math.round(atMs),
        kind,
        attributes: { ...attributes },
      })),
      events.map(({ atMs, kind, attributes }) => ({
        atMs: Math.round(atMs),
        kind,
        attributes:
          attributes.message_id === undefined
            ? {}
            : {
                ...attributes,
                message_id: again.find((each) => Math.round(each.atMs) === Math.round(atMs))?.attributes
                  .message_id,
              },
      })),
    );
    for (const [index, { data }] of again.entries()) {
      const content = (each: CallEvent['data'] | undefined) =>
        each !== undefined && 'newMessagePayload' in each ? each.newMessagePayload?.content : undefined;
      assert.is(content(data), content(events[index]?.data));
    }
  });

  test(`${scenario.name} without its content is valid`, () => {
    const text = record(events, false);
    assert.not.match(text, 'secret');
    const recorded = parseRecording(text);
    const spoken = events.flatMap(({ data }) =>
      'newMessagePayload' in data ? [...wordsIn(data.newMessagePayload?.content)] : [],
    );
    assert.ok(spoken.length > 5);
    const left = wordsIn(recorded.map(({ data }) => data));
    // Words that field names and enums have, too.
    const schema = new Set([
      'account',
      'customer',
      'message',
      'agent',
      'number',
      'return',
      'label',
      'credit',
    ]);
    assert.equal(
      spoken.filter((word) => left.has(word) && !schema.has(word.toLowerCase())),
      [],
    );
    for (const { kind, data } of recorded) {
      const placed = placeEvent(
        { atMs: 0, kind, attributes: {}, data },
        {
          location: LOCATION,
          conversationId: 'c',
          startedAt: new Date(START),
          speed: 1,
        },
      );
      const type = kind === 'human-agent-assistant-event' ? 'HumanAgentAssistantEvent' : 'ConversationEvent';
      assert.equal(faultsOf('v2beta1', type, placed.data), [], JSON.stringify(data));
    }
  });
}

test('placeholders keep the number of words, and the same words at the start', () => {
  const [interim, final] = ['Where is', 'Where is my parcel?'].map((transcript) =>
    withPlaceholders({ transcript }),
  );
  assert.equal([interim, final], [{ transcript: 'lorem ipsum' }, { transcript: 'lorem ipsum dolor sit' }]);
});

test('a participant keeps the name that the recording gives it, and no other', () => {
  assert.equal(withPlaceholders([{ participant: 'virtual-agent' }, { participant: 'Jane' }]), [
    { participant: 'virtual-agent' },
    { participant: 'lorem' },
  ]);
});

test('a field that is not known is taken for content', () => {
  assert.equal(withPlaceholders({ newField: 'Jane Doe', other: 4711, list: ['a b'], isNew: true }), {
    newField: 'lorem ipsum',
    other: 0,
    list: ['lorem ipsum'],
    isNew: true,
  });
});

test('a kept field with another form than its own is taken for content', () => {
  assert.equal(withPlaceholders({ type: 'my card is 4471', languageCode: 'call me at noon', code: 8 }), {
    type: 'lorem ipsum dolor sit',
    languageCode: 'lorem ipsum dolor sit',
    code: 8,
  });
});

test('digits of the keypad, parameters and values are replaced', () => {
  assert.equal(
    withPlaceholders({
      dtmfDigits: { dtmfEvents: ['DTMF_FOUR', 'DTMF_SEVEN'] },
      inputParameters: { customer: 78310 },
      formattedValue: { amount: 42.5 },
      uri: 'https://help.example/customer/78310',
    }),
    {
      dtmfDigits: { dtmfEvents: ['DTMF_ZERO', 'DTMF_ZERO'] },
      inputParameters: { placeholder: 'lorem' },
      formattedValue: 'lorem',
      uri: 'https://help.example/placeholder',
    },
  );
});

test('what was said and looks like a placeholder is neither kept nor filled in', () => {
  const names = new RecordedNames();
  const { data } = names.toCallEvent(
    envelopeOf({
      atMs: 0,
      kind: 'new-message-event',
      attributes: {},
      data: {
        conversation: `${LOCATION}/conversations/secret-call`,
        type: 'NEW_MESSAGE',
        newMessagePayload: {
          name: `${LOCATION}/conversations/secret-call/messages/x`,
          content: '{{conversation}}/4471',
          languageCode: 'en-US',
          participant: 'x',
          participantRole: 'END_USER',
          createTime: '2026-03-12T09:00:01Z',
          sendTime: '2026-03-12T09:00:00Z',
        },
      },
    }),
  );
  assert.match(JSON.stringify(data), '"content":"{ {conversation}}/4471"');
  assert.match(JSON.stringify(data), '"createTime":"{{time:1000}}"');
  assert.not.match(JSON.stringify(withPlaceholders(data)), '4471');
});

const HEADER = headerLine('recorded');
const LINE = {
  atMs: 0,
  kind: 'new-message-event',
  attributes: {},
  data: { conversation: '{{conversation}}' },
};

for (const [what, text, message] of [
  ['another file', '{"a":1}\n', 'no recording'],
  ['a newer version', '{"format":"agent-assist-relay-call","version":2}\n', 'version 2'],
  ['no event', HEADER, 'no events'],
  ['a line that is cut off', `${HEADER}{"atMs":0,"kind":"new-mess`, 'line 2: not JSON'],
  ['a kind that is none', HEADER + JSON.stringify({ ...LINE, kind: 'x' }), 'line 2: kind'],
  ['a time that is none', HEADER + JSON.stringify({ ...LINE, atMs: '1' }), 'line 2: atMs'],
  [
    'attributes that are none',
    HEADER + JSON.stringify({ ...LINE, attributes: { a: 1 } }),
    'line 2: attributes',
  ],
  [
    "somebody else's conversation",
    HEADER + JSON.stringify({ ...LINE, data: { conversation: 'projects/p/conversations/real' } }),
    'line 2: data.conversation',
  ],
] as const) {
  test(`a recording with ${what} is refused without a quote`, () => {
    assert.throws(
      () => parseRecording(text),
      (error: Error) => error.message.includes(message) && !error.message.includes('real'),
    );
  });
}

test('a recording is played in the order of its times, a long pause as a minute', () => {
  const lines = [5_000, 0, 3_600_000].map((atMs) => JSON.stringify({ ...LINE, atMs }));
  assert.equal(
    parseRecording(HEADER + lines.join('\n')).map(({ atMs }) => atMs),
    [0, 5_000, 65_000],
  );
});

test('an event that is too large for the functions is named by its line, not shown', () => {
  const event = (content: string) =>
    `{"atMs":0,"kind":"new-message-event","data":{"conversation":"{{conversation}}","newMessagePayload":{"content":"${content}"}}}\n`;
  const text = `${HEADER}${event('short')}${event('x'.repeat(2_000))}`;
  assert.is(parseRecording(text).length, 2);
  assert.throws(
    () => parseRecording(text, { maxBytes: 1_500 }),
    ({ message }: Error) =>
      /^line 3: the event has 2\d{3} bytes, .* EVENT_MAX_BYTES, 1500: take the line out; or, with --relay, set /.test(
        message,
      ) && !message.includes('xx'),
  );
});

test.run();
