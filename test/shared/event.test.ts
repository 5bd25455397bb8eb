import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type AgentAssistEvent,
  type DecodeOptions,
  decodeEvent,
  type Envelope,
  type EventKind,
} from '../../shared/event.ts';
import type { PubsubMessage } from '../../shared/pubsub-message.ts';

const CONVERSATION = 'projects/demo-project/locations/global/conversations/c-1';
const NOW = new Date('2026-03-12T14:00:00.999Z');
const OPTIONS: DecodeOptions = {
  project: { id: 'demo-project', number: '418820394417' },
  maxBytes: 4096,
  now: NOW,
  fallback: {},
};
const INTERIM = 'new-recognition-result-notification-event';

const base64 = (content: unknown) =>
  Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)).toString('base64');

const message = (content: unknown, more: object = {}): PubsubMessage => ({
  data: base64(content),
  messageId: '11873204520761323',
  publishTime: '2026-03-12T09:31:47.902Z',
  ...more,
});

function decode(
  pubsub: PubsubMessage,
  kind: EventKind = 'new-message-event',
  options: Partial<DecodeOptions> = {},
): AgentAssistEvent {
  return decodeEvent(kind, pubsub, { ...OPTIONS, ...options });
}

const envelopeOf = (event: AgentAssistEvent) => JSON.parse(event.json) as Envelope;

test("an event is the envelope in the reference's order, and nothing else", () => {
  const data = `{"conversation":"${CONVERSATION}"}`;
  assert.is(
    decode(message(data)).json,
    `{"conversation_name":"projects/demo-project/conversations/c-1","data":${JSON.stringify(data)},` +
      '"data_type":"new-message-event","ack_time":"2026-03-12T14:00:00Z",' +
      '"publish_time":"2026-03-12T09:31:47.902Z","message_id":"11873204520761323"}',
  );
});

test('an interim transcript has two fields more, at the end', () => {
  const attributes = { participant_id: 'p', participant_role: 'END_USER', message_id: 'm', other: 'x' };
  const event = decode(message({ conversation: CONVERSATION }, { attributes }), INTERIM);
  assert.ok(
    event.json.endsWith(
      '"message_id":"11873204520761323","participant_role":"END_USER","new_recognition_result_message_id":"m"}',
    ),
  );
  assert.equal(event.utterance, { participant: 'p', message: 'm' });
});

test('the attributes of other kinds are left out', () => {
  const attributes = { participant_id: 'p', participant_role: 'END_USER', message_id: 'm' };
  const event = decode(message({ conversation: CONVERSATION }, { attributes }));
  assert.not.match(event.json, /participant_role|new_recognition/);
  assert.is(event.utterance, undefined);
  assert.is(event.closes, undefined);
});

// Contract: attributes that are null or a list count as absent.
for (const attributes of [undefined, null, [], ['x'], 'text', 5, { participant_id: 5, message_id: null }]) {
  test(`the attributes ${JSON.stringify(attributes)} count as absent`, () => {
    const event = decode(message({ conversation: CONVERSATION }, { attributes }), INTERIM);
    assert.is(envelopeOf(event).participant_role, '');
    assert.is(envelopeOf(event).new_recognition_result_message_id, '');
    assert.is(event.utterance, undefined);
  });
}

test('an utterance needs both a participant and a message', () => {
  for (const attributes of [
    { participant_id: 'p' },
    { message_id: 'm' },
    { participant_id: '', message_id: 'm' },
  ]) {
    assert.is(decode(message({ conversation: CONVERSATION }, { attributes }), INTERIM).utterance, undefined);
  }
});

test('attributes named like members of every object do no harm', () => {
  const attributes = JSON.parse('{"__proto__":{"participant_role":"x"},"constructor":"y"}') as object;
  const event = decode(message({ conversation: CONVERSATION }, { attributes }), INTERIM);
  assert.is(envelopeOf(event).participant_role, '');
});

test('the data keeps its white space, order, escapes, numbers and repeated names', () => {
  const text = `\t{ "z":1.0, "a" : 1e2,"a":2,\n"big":12345678901234567890,"u":"\\u00e9é\\/\u2028\\ud83d\\ude00😀",
 "conversation":"${CONVERSATION}", "conversation":"${CONVERSATION}","__proto__":{"conversation":"x"}} \r\n`;
  assert.is(envelopeOf(decode(message(text))).data, text);
});

test('half a surrogate pair, escaped in the data, is passed on', () => {
  const text = `{"conversation":"${CONVERSATION}","x":"\\ud800"}`;
  assert.is(envelopeOf(decode(message(text))).data, text);
});

test('data deep beyond any sense is passed on', () => {
  const text = `{"conversation":"${CONVERSATION}","x":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
  assert.is(envelopeOf(decode(message(text), 'new-message-event', { maxBytes: 1 << 20 })).data, text);
});

for (const [what, encode] of Object.entries({
  'url-safe base64': (text: string) => Buffer.from(text).toString('base64url'),
  'base64 without padding': (text: string) => base64(text).replace(/=+$/, ''),
  'base64 with one padding character of two': (text: string) => base64(text).replace(/==$/, '='),
})) {
  test(`${what} is read`, () => {
    // Ends so that there is padding, and holds the characters on which the two alphabets differ.
    const text = `{"conversation":"${CONVERSATION}","x":"~~~???>>>ÿÿ"}`;
    for (const content of [text, `${text} `, `${text}  `]) {
      assert.is(envelopeOf(decode({ ...message(''), data: encode(content) })).data, content);
    }
  });
}

test('a payload of exactly the limit is taken, and one byte more is not', () => {
  const start = `{"conversation":"${CONVERSATION}"`;
  for (const maxBytes of [1024, 1025, 1026]) {
    const ofSize = (size: number) => `${start}${' '.repeat(size - start.length - 1)}}`;
    const data = ofSize(maxBytes);
    for (const encoding of ['base64', 'base64url'] as const) {
      const encode = (text: string) => ({ ...message(''), data: Buffer.from(text).toString(encoding) });
      assert.is(envelopeOf(decode(encode(data), 'new-message-event', { maxBytes })).data, data);
      for (const extra of [1, 2, 3]) {
        const fault = faultOf(() =>
          decode(encode(ofSize(maxBytes + extra)), 'new-message-event', { maxBytes }),
        );
        assert.is(fault, 'too-large', `${maxBytes} + ${extra} bytes, ${encoding}`);
      }
    }
  }
});

test('the largest message is read, and one that ends without base64 is refused', () => {
  const text = `{"conversation":"${CONVERSATION}","x":"${'x'.repeat(10_000_000)}"}`;
  const maxBytes = 10 * 1024 * 1024;
  assert.is(decode(message(text), 'new-message-event', { maxBytes }).conversation.length, 39);
  const data = `${base64(text)}!`;
  assert.is(
    faultOf(() => decode({ data }, 'new-message-event', { maxBytes })),
    'not-base64',
  );
});

const PROJECT_FORMS = [
  'projects/418820394417/conversations/c-1',
  'projects/418820394417/locations/us/conversations/c-1',
];

test('the project number in the name becomes the id, and stays a number in the data', () => {
  for (const conversation of PROJECT_FORMS) {
    const envelope = envelopeOf(decode(message({ conversation })));
    assert.is(envelope.conversation_name, 'projects/demo-project/conversations/c-1');
    assert.is(envelope.data, JSON.stringify({ conversation }));
  }
});

function faultOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return (error as { fault?: unknown }).fault ?? error;
  }
  return undefined;
}

test.run();
