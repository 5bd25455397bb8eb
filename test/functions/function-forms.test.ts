// In which forms an event may reach a deployed function: they all become the same event.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PushBody } from '../../scripts/local/eventarc.ts';
import type { ShortName } from '../../shared/conversation-name.ts';
import type { Envelope } from '../../shared/event.ts';
import { exchange, rawRequest } from '../helpers/raw-http.ts';
import { uniqueConversation } from '../helpers/redis.ts';
import { SAMPLE_PROJECT } from '../shared/sample-events.ts';
import { makePush, toEventarc, topicOf } from './deployed-functions.ts';
import { FunctionsFixture } from './functions-fixture.ts';

const KIND = 'new-message-event';

const fixture = new FunctionsFixture(test);

const newConversation = () => uniqueConversation(SAMPLE_PROJECT.id);
const textOf = (conversation: ShortName) => ` {"conversation": "${conversation}", "x": "é漢😀"}\n`;

/** The one event of a conversation is what was pushed. */
async function assertOneEvent(conversation: ShortName, push: PushBody): Promise<void> {
  const { events } = await fixture.log.read(conversation, 0, 1_000);
  assert.is(events.length, 1, 'also when it is delivered again');
  const { ack_time, ...envelope } = JSON.parse(events[0]?.json ?? '{}') as Envelope;
  assert.ok(ack_time);
  assert.equal(envelope, {
    conversation_name: conversation,
    data: textOf(conversation),
    data_type: KIND,
    publish_time: push.message.publishTime,
    message_id: push.message.messageId,
  });
}

type Request = { headers?: Record<string, string>; body: string; path?: string };
const JSON_TYPE = { 'content-type': 'application/json' };

/** As the Pub/Sub emulator writes it: `/` escaped, both spellings of id and time. */
const emulatorBody = (push: PushBody) => JSON.stringify(push).replaceAll('/', '\\/');

const structured = (push: PushBody) => ({
  specversion: '1.0',
  id: push.message.messageId,
  source: `//pubsub.googleapis.com/${topicOf(KIND)}`,
  type: 'google.cloud.pubsub.topic.v1.messagePublished',
  time: push.message.publishTime,
  data: push,
});

function withoutSpelling(push: PushBody, style: 'camel' | 'snake'): string {
  const { messageId, message_id, publishTime, publish_time, ...rest } = push.message;
  const message =
    style === 'camel' ? { ...rest, message_id, publish_time } : { ...rest, messageId, publishTime };
  return JSON.stringify({ ...push, message });
}

const payloadOf = (push: PushBody) => Buffer.from(push.message.data, 'base64').toString();

/** The headers of a subscription that unwraps payloads and writes metadata. */
const metadataOf = ({ message, subscription }: PushBody) => ({
  'x-goog-pubsub-subscription-name': subscription,
  'x-goog-pubsub-message-id': message.messageId,
  'x-goog-pubsub-publish-time': message.publishTime,
  ...message.attributes,
});

const FORMS: Record<string, (push: PushBody) => Request> = {
  'a structured CloudEvent': (push) => ({
    headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
    body: JSON.stringify(structured(push)),
  }),
  'a structured CloudEvent labelled as plain JSON': (push) => ({
    headers: JSON_TYPE,
    body: JSON.stringify(structured(push)),
  }),
  'a structured CloudEvent with data_base64': (push) => ({
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify({
      ...structured(push),
      data: undefined,
      data_base64: Buffer.from(JSON.stringify(push)).toString('base64'),
    }),
  }),
  "the emulator's raw push": (push) => ({ headers: JSON_TYPE, body: emulatorBody(push) }),
  "the emulator's raw push to the topic's path": (push) => ({
    headers: JSON_TYPE,
    body: emulatorBody(push),
    path: `/${topicOf(KIND)}`,
  }),
  'a raw push with camel case only': (push) => ({ headers: JSON_TYPE, body: withoutSpelling(push, 'snake') }),
  'a raw push with snake case only': (push) => ({ headers: JSON_TYPE, body: withoutSpelling(push, 'camel') }),
  'a raw push with the headers of a CloudEvent': (push) => ({
    ...toEventarc(KIND, push),
    body: emulatorBody(push),
  }),
  'a binary CloudEvent of unknown content': (push) => ({
    headers: { ...toEventarc(KIND, push).headers, 'content-type': 'application/octet-stream' },
    body: JSON.stringify(push),
  }),
  'a push labelled as plain text': (push) => ({
    headers: { 'content-type': 'text/plain' },
    body: JSON.stringify(push),
  }),
  'a push labelled as a form': (push) => ({
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: JSON.stringify(push),
  }),
  'a batch of one CloudEvent': (push) => ({
    headers: { 'content-type': 'application/cloudevents-batch+json' },
    body: JSON.stringify([structured(push)]),
  }),
  'a batch with the same CloudEvent twice, labelled as plain JSON': (push) => ({
    headers: JSON_TYPE,
    body: JSON.stringify([structured(push), structured(push)]),
  }),
  'a payload whose metadata is in the headers': (push) => ({
    headers: { ...JSON_TYPE, ...metadataOf(push) },
    body: payloadOf(push),
  }),
  'a payload as bytes whose metadata is in the headers': (push) => ({
    headers: { 'content-type': 'application/octet-stream', ...metadataOf(push) },
    body: payloadOf(push),
  }),
  'a payload in a binary CloudEvent': (push) => ({
    headers: toEventarc(KIND, push).headers,
    body: payloadOf(push),
  }),
  'a payload in a structured CloudEvent with data_base64': (push) => ({
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify({ ...structured(push), data: undefined, data_base64: push.message.data }),
  }),
  "a binary CloudEvent to a push subscription's path": (push) => ({
    ...toEventarc(KIND, push),
    path: '/?x=1',
  }),
};

for (const [what, requestOf] of Object.entries(FORMS)) {
  test(`${what} is the same event`, async () => {
    const conversation = newConversation();
    const push = makePush(textOf(conversation));
    assert.equal(await fixture.functions.post(KIND, requestOf(push)), { status: 204, body: '' });
    assert.equal(await fixture.functions.post(KIND, requestOf(push)), { status: 204, body: '' });
    await assertOneEvent(conversation, push);
  });
}

test('a message without id and time gets those of the CloudEvent', async () => {
  const conversation = newConversation();
  const push = makePush(textOf(conversation));
  const { data } = push.message;
  const request = { ...toEventarc(KIND, push), body: JSON.stringify({ message: { data } }) };
  for (let i = 0; i < 2; i++) assert.is((await fixture.functions.post(KIND, request)).status, 204);
  await assertOneEvent(conversation, push);
});

test('a body without a content type is read by its content', async () => {
  const conversation = newConversation();
  const push = makePush(textOf(conversation));
  const answer = await exchangeRaw(fixture.functions.url(KIND), JSON.stringify(push));
  assert.match(answer, /^HTTP\/1.1 204 /);
  await assertOneEvent(conversation, push);
});

test('the events of a batch are taken in its order', async () => {
  const conversation = newConversation();
  const pushes = [1, 2, 3].map((n) => makePush({ conversation, n }));
  const headers = { 'content-type': 'application/cloudevents-batch+json' };
  const body = JSON.stringify(pushes.map(structured));
  assert.is((await fixture.functions.post(KIND, { headers, body })).status, 204);
  const { events } = await fixture.log.read(conversation, 0, 10);
  assert.equal(
    events.map(({ json }) => JSON.parse(json).message_id),
    pushes.map(({ message }) => message.messageId),
  );
});

test('the attributes of an unwrapped message are read from the headers', async () => {
  const conversation = newConversation();
  const kind = 'new-recognition-result-notification-event';
  const attributes = { participant_id: 'p', participant_role: 'END_USER', message_id: 'utterance-1' };
  const push = makePush(textOf(conversation), { attributes });
  const request = { headers: { ...JSON_TYPE, ...metadataOf(push) }, body: payloadOf(push) };
  assert.is((await fixture.functions.post(kind, request)).status, 204);
  const { open } = await fixture.log.read(conversation, 0, 10);
  const envelope: Envelope = JSON.parse(open[0]?.json ?? '{}');
  assert.is(envelope.participant_role, 'END_USER');
  assert.is(envelope.new_recognition_result_message_id, 'utterance-1');
});

/** `fetch` gives every body a content type. */
async function exchangeRaw(url: string, body: string): Promise<string> {
  return exchange(
    Number(new URL(url).port),
    rawRequest('POST', '/', [`Content-Length: ${body.length}`], body),
  );
}

test.run();
