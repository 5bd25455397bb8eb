// Pub/Sub messages and the CloudEvents around them: good ones, nearly good ones and nonsense.
import * as fc from 'fast-check';
import { EVENT_KINDS } from '../../shared/event.ts';
import { anyJson, damaged, deepJson, mutated } from './mutations.ts';

export const PROJECT = 'demo-project';
/** Words of a customer: they may stand in an event, and nowhere else. */
const SAID = 'zanzibar phrase';
const QUOTES = [
  SAID,
  ...['', 'a', 'ab'].map((before) =>
    bytes(before + SAID)
      .toString('base64')
      .slice(4, -4),
  ),
];

/** Whether a text has the customer's words, as they are or in base64. */
export function isQuoting(text: string): boolean {
  return QUOTES.some((quote) => text.includes(quote));
}

const CONVERSATION = `projects/${PROJECT}/locations/global/conversations/c-1`;

const PAYLOADS = [
  {
    conversation: CONVERSATION,
    participant: `${CONVERSATION}/participants/p`,
    suggestionResults: [{ text: SAID }],
  },
  {
    conversation: CONVERSATION,
    type: 'NEW_MESSAGE',
    newMessagePayload: { name: `${CONVERSATION}/messages/m`, content: SAID, participantRole: 'END_USER' },
  },
  { conversation: CONVERSATION, type: 'CONVERSATION_FINISHED' },
  { conversation: CONVERSATION, newRecognitionResultPayload: { transcript: SAID, isFinal: true } },
];

const payload: fc.Arbitrary<string> = fc.oneof(
  fc
    .constantFrom(...PAYLOADS)
    .chain((good) =>
      fc.oneof(
        { weight: 2, arbitrary: fc.constant(JSON.stringify(good)) },
        { weight: 2, arbitrary: damaged(good).map((fields) => JSON.stringify(fields)) },
        { weight: 4, arbitrary: mutated(fc.constant(JSON.stringify(good))) },
      ),
    ),
  anyJson.map((value) => JSON.stringify({ conversation: value, text: SAID })),
  deepJson.map((deep) => `{"conversation":"${CONVERSATION}","deep":${deep}}`),
);

const data: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 8, arbitrary: payload.map((text) => Buffer.from(text).toString('base64')) },
  { weight: 1, arbitrary: payload.map((text) => Buffer.from(text).toString('base64url')) },
  { weight: 1, arbitrary: mutated(payload.map((text) => Buffer.from(text).toString('base64'))) },
  { weight: 1, arbitrary: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')) },
  { weight: 1, arbitrary: fc.constantFrom('A'.repeat(5_000), '', '=', '=='.repeat(50)) },
  { weight: 1, arbitrary: anyJson },
);

const attributes: fc.Arbitrary<unknown> = fc.oneof(
  fc.constant({ participant_id: 'p', message_id: 'm', participant_role: 'HUMAN_AGENT' }),
  damaged({ participant_id: 'p', message_id: 'm', participant_role: 'HUMAN_AGENT', ordering_key: 'k' }),
  fc.dictionary(fc.string(), fc.string()),
  anyJson,
);

const identifier = fc.oneof(
  fc.nat().map(String),
  mutated(fc.constant('9876543210987654')),
  fc.constantFrom<unknown>(0, -1, 1e300, null, '', 'x'.repeat(5_000), '\ud800', 'a b\nc'),
);
const time = fc.oneof(mutated(fc.constant('2026-03-12T14:00:00.123Z')), anyJson);

const message: fc.Arbitrary<Record<string, unknown>> = fc.record(
  {
    data,
    attributes,
    messageId: identifier,
    message_id: identifier,
    publishTime: time,
    publish_time: time,
    orderingKey: anyJson,
  },
  { requiredKeys: ['data'], noNullPrototype: true },
);

/** The body of a push: `{message, subscription}`. */
export const push: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  {
    weight: 8,
    arbitrary: message.map((body) => ({
      message: body,
      subscription: `projects/${PROJECT}/subscriptions/s`,
    })),
  },
  { weight: 1, arbitrary: message.chain((body) => damaged({ message: body, subscription: 's' })) },
);

/** The fields of the CloudEvent around it. */
const cloudEvent: fc.Arbitrary<Record<string, unknown>> = damaged({
  id: 'ce-1',
  source: `//pubsub.googleapis.com/projects/${PROJECT}/topics/t`,
  type: 'google.cloud.pubsub.topic.v1.messagePublished',
  specversion: '1.0',
  time: '2026-03-12T14:00:00Z',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  datacontenttype: 'application/json',
});

/** What the functions framework may hand to a handler. */
export const handed: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(cloudEvent, push).map(([event, body]) => ({ ...event, data: body })) },
  {
    weight: 1,
    arbitrary: fc.tuple(cloudEvent, push).map(([event, body]) => ({ ...event, data_base64: base64(body) })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(cloudEvent, push).map(([event, body]) => ({ ...event, data: bytes(body) })),
  },
  { weight: 1, arbitrary: push },
  { weight: 1, arbitrary: push.map(bytes) },
  { weight: 1, arbitrary: fc.anything({ withNullPrototype: true, withBigInt: true }) },
);

function bytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
function base64(value: unknown): string {
  return bytes(value).toString('base64');
}

export const kind = fc.constantFrom(...EVENT_KINDS);

export interface Post {
  headers: Record<string, string>;
  body: string | Buffer;
}

const contentType = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('application/json', 'application/cloudevents+json; charset=utf-8'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      'text/plain',
      'application/json; charset=x',
      'application/cloudevents-batch+json',
      ';',
    ),
  },
);

/** A request to a function, binary or structured, as Eventarc sends it or as anybody might. */
export const post: fc.Arbitrary<Post> = fc
  .tuple(cloudEvent, push, contentType, fc.constantFrom('binary', 'structured', 'raw'), fc.boolean())
  .chain(([event, body, type, mode, isWhole]) => {
    const text = JSON.stringify(mode === 'structured' ? { ...event, data: body } : body);
    const headers: Record<string, string> = { 'content-type': type };
    if (mode === 'binary') {
      for (const [name, value] of Object.entries(event)) {
        // Of what HTTP lets through in a header.
        if (typeof value === 'string' && /^[a-z]+$/.test(name))
          headers[`ce-${name}`] = value.replace(/[^\x20-\x7e]/g, '');
      }
    }
    return (isWhole ? fc.constant(text) : mutated(fc.constant(text))).map((sent) => ({
      headers,
      body: sent,
    }));
  });
