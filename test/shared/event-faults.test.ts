// What can never become an event is refused with an EventError that shows nothing of it.
import { inspect } from 'node:util';
import protobuf from '@google-cloud/dialogflow/build/protos/protos.js';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EventError, type EventFault } from '../../shared/errors.ts';
import { decodeEvent, EVENT_KINDS, type EventKind } from '../../shared/event.ts';
import type { PubsubMessage } from '../../shared/pubsub-message.ts';

const CONVERSATION = 'projects/demo-project/conversations/c-1';
const SECRET = 'zanzibar phrase';
const OPTIONS = { project: { id: 'demo-project' }, maxBytes: 4096, now: new Date(), fallback: {} };

const decode = (message: PubsubMessage, kind: EventKind = 'new-message-event') =>
  decodeEvent(kind, message, OPTIONS);
const base64 = (content: string | Uint8Array) => Buffer.from(content).toString('base64');
const json = (value: unknown) => base64(JSON.stringify(value));

// The rows of the reference's behaviour that concern the content, and some of our own.
const REFUSED: Record<string, [data: unknown, fault: EventFault]> = {
  'no data': [undefined, 'no-data'],
  'data null': [null, 'no-data'],
  'data a number': [5, 'no-data'],
  'data empty': ['', 'no-data'],
  'data an object': [{ text: SECRET }, 'no-data'],
  'data a list': [[SECRET], 'no-data'],
  'data in plain text': [SECRET, 'not-base64'],
  'data in plain JSON': [`{"conversation":"${CONVERSATION}","text":"${SECRET}"}`, 'not-base64'],
  'characters outside of the alphabet': [`${base64(SECRET)}*`, 'not-base64'],
  'white space in the base64': [`${base64(SECRET).slice(0, 8)}\n${base64(SECRET).slice(8)}`, 'not-base64'],
  'padding in the middle': [`${base64(SECRET).slice(0, 8)}==${base64(SECRET).slice(8)}`, 'not-base64'],
  'three padding characters': [`${json({ conversation: CONVERSATION }).replace(/=+$/, '')}===`, 'not-base64'],
  'only padding': ['==', 'not-base64'],
  'a length that base64 never has': [base64(`"${SECRET}x"`).slice(0, 21), 'not-base64'],
  'one character': ['e', 'not-base64'],
  'too much': [base64(`{"text":"${SECRET.repeat(1_000)}"}`), 'too-large'],
  'too much that is no base64 either': [`*${'x'.repeat(10_000)}`, 'too-large'],
  'bytes that are not UTF-8': [base64(Buffer.from(`{"text":"${SECRET}ÿ"}`, 'latin1')), 'not-json'],
  'an overlong UTF-8 sequence': [
    base64(Buffer.concat([Buffer.from(SECRET), Buffer.from([0xc0, 0x80])])),
    'not-json',
  ],
  'half a surrogate pair in UTF-8': [
    base64(Buffer.concat([Buffer.from(SECRET), Buffer.from([0xed, 0xa0, 0x80])])),
    'not-json',
  ],
  'UTF-16': [
    base64(Buffer.from(JSON.stringify({ conversation: CONVERSATION, text: SECRET }), 'utf16le')),
    'not-json',
  ],
  'a byte order mark': [base64(`\ufeff{"conversation":"${CONVERSATION}","text":"${SECRET}"}`), 'not-json'],
  'a text': [base64(`hello ${SECRET}`), 'not-json'],
  'a text that looks like a stack': [base64(`x\n    at ${SECRET} (a.js:1:1)`), 'not-json'],
  'JSON that breaks off': [base64(`{"conversation":"${CONVERSATION}","text":"${SECRET}`), 'not-json'],
  'JSON with something after it': [base64(`{"conversation":"${CONVERSATION}"} ${SECRET}`), 'not-json'],
  'single quotes': [base64(`{'text':'${SECRET}'}`), 'not-json'],
  'white space alone': [base64(' \n'), 'not-json'],
  'the JSON number': [json(5), 'no-conversation'],
  'the JSON null': [json(null), 'no-conversation'],
  'the JSON true': [json(true), 'no-conversation'],
  'a JSON text': [json(SECRET), 'no-conversation'],
  'a JSON text with the word conversation': [json(`conversation ${SECRET}`), 'no-conversation'],
  'the empty JSON list': [json([]), 'no-conversation'],
  'a JSON list with the word conversation': [json(['conversation', SECRET]), 'no-conversation'],
  'a JSON list of an event': [json([{ conversation: CONVERSATION, text: SECRET }]), 'no-conversation'],
  'an object without a conversation': [json({ text: SECRET }), 'no-conversation'],
  'a conversation that is only inherited': [base64('{"__proto__":{"conversation":"x"}}'), 'no-conversation'],
  'the conversation ""': [json({ conversation: '', text: SECRET }), 'not-a-conversation-name'],
  'the conversation null': [json({ conversation: null, text: SECRET }), 'not-a-conversation-name'],
  'the conversation as a number': [json({ conversation: 5, text: SECRET }), 'not-a-conversation-name'],
  'the conversation as an object': [json({ conversation: { name: SECRET } }), 'not-a-conversation-name'],
  'a name that is none': [json({ conversation: SECRET }), 'not-a-conversation-name'],
  "a participant's name": [
    json({ conversation: `${CONVERSATION}/participants/${SECRET}` }),
    'not-a-conversation-name',
  ],
  'a trailing slash': [json({ conversation: `${CONVERSATION}/`, text: SECRET }), 'not-a-conversation-name'],
  'another project': [
    json({ conversation: 'projects/other/conversations/c', text: SECRET }),
    'other-project',
  ],
  'a project number that is not configured': [
    json({ conversation: 'projects/5/conversations/c', text: SECRET }),
    'other-project',
  ],
};

for (const [what, [data, fault]] of Object.entries(REFUSED)) {
  test(`${what} is ${fault}`, () => {
    const error = caught(() => decode({ data, messageId: '5' }));
    assert.is(error.fault, fault);
    assert.not.match(everythingOf(error), new RegExp(`zanzibar|phrase|${base64(SECRET).slice(0, 12)}`));
  });
}

test('content that is not JSON names the setting that mends it', () => {
  for (const data of [base64('hello'), base64(Buffer.from([0xff, 0xfe]))]) {
    assert.match(caught(() => decode({ data })).message, /message_format.* JSON .*conversation profile/);
  }
});

test('an oversized message names the variable and its value', () => {
  assert.match(caught(() => decode({ data: 'x'.repeat(10_000) })).message, /EVENT_MAX_BYTES \(4096\)/);
});

const { v2, v2beta1 } = protobuf.google.cloud.dialogflow;
const LONG = `projects/demo-project/locations/northamerica-northeast1/conversations/${'c'.repeat(128)}`;

// Dialogflow's default format, in which the names have a length of one byte and of two.
for (const conversation of [CONVERSATION, LONG]) {
  const serialised: Record<string, [EventKind, Uint8Array]> = {
    'ConversationEvent of v2': [
      'new-message-event',
      v2.ConversationEvent.encode({ conversation, type: 5, newMessagePayload: { content: SECRET } }).finish(),
    ],
    'ConversationEvent of v2 with a lifecycle': [
      'conversation-lifecycle-event',
      v2.ConversationEvent.encode({ conversation, type: 1 }).finish(),
    ],
    'ConversationEvent of v2beta1': [
      'new-recognition-result-notification-event',
      v2beta1.ConversationEvent.encode({
        conversation,
        type: 7,
        newRecognitionResultPayload: { transcript: SECRET, confidence: 0.9 },
      }).finish(),
    ],
    'HumanAgentAssistantEvent of v2': [
      'human-agent-assistant-event',
      v2.HumanAgentAssistantEvent.encode({
        conversation,
        participant: SECRET,
        suggestionResults: [{ suggestSmartRepliesResponse: { smartReplyAnswers: [{ reply: SECRET }] } }],
      }).finish(),
    ],
  };
  for (const [what, [kind, bytes]] of Object.entries(serialised)) {
    test(`${what} with ${conversation.length} characters is protobuf`, () => {
      const error = caught(() => decode({ data: base64(bytes) }, kind));
      assert.is(error.fault, 'protobuf');
      assert.match(error.message, /set message_format to JSON .*conversation profile/);
      assert.not.match(everythingOf(error), /zanzibar|phrase/);
    });
  }
}

test('JSON that starts with a line feed is no protobuf', () => {
  const data = base64(`\n{"conversation":"${CONVERSATION}"}`);
  assert.is(decode({ data }).conversation, CONVERSATION);
});

test('an error says nothing of what was decoded before it', () => {
  decode({ data: json({ conversation: CONVERSATION, text: SECRET }) });
  assert.not.match(
    everythingOf(caught(() => decode({ data: base64(Buffer.from([0xe2, 0x82])) }))),
    /zanzibar/,
  );
  assert.is(decode({ data: json({ conversation: CONVERSATION }) }).conversation, CONVERSATION);
});

const anyJson = fc.jsonValue();
const anyText = fc.string({ unit: 'binary' });
const anyData = fc.oneof(
  anyJson,
  anyText,
  fc.base64String(),
  fc.uint8Array({ maxLength: 64 }).map(base64),
  fc.json().map(base64),
  fc
    .record({
      conversation: fc.oneof(fc.constant(CONVERSATION), anyText, anyJson),
      newMessagePayload: anyJson,
    })
    .map(json),
);
const anyMessage = fc.record(
  {
    data: anyData,
    attributes: fc.oneof(
      anyJson,
      fc.dictionary(fc.constantFrom('participant_id', 'message_id', '__proto__'), anyText),
    ),
    messageId: fc.oneof(anyJson, anyText),
    message_id: anyJson,
    publishTime: fc.oneof(anyJson, anyText),
  },
  { requiredKeys: [] },
);

test('whatever a message holds, it becomes an event of JSON or an EventError', () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.constantFrom(...EVENT_KINDS), anyMessage, (kind, message) => {
      try {
        const event = decode(message, kind);
        taken++;
        assert.type(JSON.parse(event.json).data, 'string');
        assert.type(event.messageId, 'string');
        assert.type(event.publishTime, 'string');
      } catch (error) {
        if (!(error instanceof EventError)) throw error;
      }
    }),
    { numRuns: 3_000 },
  );
  assert.ok(taken > 50, `only ${taken} messages were taken: the property shows little`);
});

function caught(call: () => unknown): EventError {
  try {
    call();
  } catch (error) {
    assert.instance(error, EventError);
    return error as EventError;
  }
  return assert.unreachable('it was taken') as never;
}

/** All of an error that somebody could log. */
const everythingOf = (error: Error) =>
  `${error} ${error.stack} ${inspect(error, { depth: 9, showHidden: true })} ${JSON.stringify(error)} ${error.cause}`;

test.run();
