// What a deployed function answers to each input that is no event: the rows of the reference's table, of which the
// reference refuses many for ever. What the functions framework answers by itself is noted apart: no handler sees it.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { EventFault } from '../../shared/errors.ts';
import { until } from '../helpers/until.ts';
import { SAMPLE_PROJECT } from '../shared/sample-events.ts';
import { makePush, toEventarc, topicOf } from './deployed-functions.ts';
import { FunctionsFixture } from './functions-fixture.ts';

const KIND = 'conversation-lifecycle-event';
const SECRET = 'zanzibar phrase';
const CONVERSATION = `projects/${SAMPLE_PROJECT.id}/conversations/c`;
const JSON_TYPE = { 'content-type': 'application/json' };

const fixture = new FunctionsFixture(test, { EVENT_MAX_BYTES: '2048' });
test.after.each(async () => {
  assert.is(await fixture.redis.dbsize(), 0, 'nothing of it is stored');
  assert.not.match(fixture.functions.log(KIND), /zanzibar|phrase/);
});

const faults = () => fixture.functions.records(KIND).filter(({ fault }) => fault !== undefined);

// [the JSON that is posted, why it is dropped]
const BODIES: Record<string, [body: unknown, fault: EventFault]> = {
  '{}': [{}, 'no-message'],
  '[]': [[], 'no-message'],
  'no message': [{ subscription: 's', text: SECRET }, 'no-message'],
  'message null': [{ message: null }, 'no-message'],
  'message a text': [{ message: SECRET }, 'no-message'],
  'message a list': [{ message: [SECRET] }, 'no-message'],
  'message without data': [{ message: { messageId: '5' } }, 'no-data'],
  'data null': [{ message: { data: null } }, 'no-data'],
  'data a number': [{ message: { data: 5 } }, 'no-data'],
  'data empty, as of a message of attributes only': [
    { subscription: 's', message: { data: '', messageId: '5', attributes: { x: SECRET } } },
    'no-data',
  ],
  'data that is no base64': [{ message: { data: `${SECRET}!` } }, 'not-base64'],
  'data of a length that base64 never has': [{ message: { data: 'abcde' } }, 'not-base64'],
};

for (const [what, [body, fault]] of Object.entries(BODIES)) {
  test(`the body ${what} is acknowledged and logged as ${fault}, raw and in a CloudEvent`, async () => {
    const before = faults().length;
    const requests = [
      { headers: JSON_TYPE, body: JSON.stringify(body) },
      { ...toEventarc(KIND, makePush('')), body: JSON.stringify(body) },
    ];
    for (const request of requests) {
      assert.equal(await fixture.functions.post(KIND, request), { status: 204, body: '' });
    }
    // The log comes through a pipe of its own.
    await until(() => faults().length === before + requests.length);
    const logged = faults().slice(before);
    assert.equal(
      logged.map((record) => record.fault),
      [fault, fault],
    );
    assert.is(Number(logged[1]?.count), Number(logged[0]?.count) + 1);
  });
}

const serialised = Buffer.concat([
  Buffer.from([0x0a, CONVERSATION.length]),
  Buffer.from(`${CONVERSATION}\x10\x05`),
]);

const PAYLOADS: Record<string, [content: string | Uint8Array | object, fault: EventFault]> = {
  'an object without a conversation': [{ text: SECRET }, 'no-conversation'],
  'a list': [[], 'no-conversation'],
  'a list of the word conversation': [['conversation', SECRET], 'no-conversation'],
  'a JSON text': [JSON.stringify(`conversation ${SECRET}`), 'no-conversation'],
  'a JSON number': ['5', 'no-conversation'],
  'the JSON null': ['null', 'no-conversation'],
  'no JSON': [`hello ${SECRET}`, 'not-json'],
  'no UTF-8': [Buffer.from(`{"text":"${SECRET}ÿ"}`, 'latin1'), 'not-json'],
  'a serialised protobuf': [serialised, 'protobuf'],
  'the conversation ""': [{ conversation: '' }, 'not-a-conversation-name'],
  'the conversation null': [{ conversation: null }, 'not-a-conversation-name'],
  'the conversation as a number': [{ conversation: 5 }, 'not-a-conversation-name'],
  "a participant's name": [
    { conversation: `${CONVERSATION}/participants/${SECRET}` },
    'not-a-conversation-name',
  ],
  'another project': [{ conversation: 'projects/other/conversations/c', text: SECRET }, 'other-project'],
  'another project number': [{ conversation: 'projects/999/conversations/c', text: SECRET }, 'other-project'],
  'more than the limit': [{ conversation: CONVERSATION, text: SECRET.repeat(200) }, 'too-large'],
};

for (const [what, [content, fault]] of Object.entries(PAYLOADS)) {
  test(`a payload of ${what} is acknowledged and logged as ${fault} with its message id and topic`, async () => {
    const push = makePush(content);
    assert.equal(await fixture.functions.deliver(KIND, push), { status: 204, body: '' });
    const record = await fixture.functions.recordOf(KIND, push.message.messageId);
    assert.equal([record.fault, record.severity, record.topic], [fault, 'ERROR', topicOf(KIND)]);
  });
}

test('a dropped message of a raw push is logged with its subscription, which is all that is known', async () => {
  const { message, subscription } = makePush('no JSON');
  const { messageId, ...rest } = message;
  const body = JSON.stringify({ message: rest, subscription });
  assert.is((await fixture.functions.post(KIND, { headers: JSON_TYPE, body })).status, 204);
  assert.is((await fixture.functions.recordOf(KIND, messageId)).topic, subscription);
});

// The framework's own answers. Pub/Sub delivers again what gets anything but a 2xx; none of these come from Eventarc.
// What is not JSON has no secret here: the framework's log gets the parser's error, which quotes some of the body.
const FRAMEWORK: Record<
  string,
  [method: string, headers: Record<string, string>, body: string | null, status: number]
> = {
  'a raw push labelled as plain text': ['POST', { 'content-type': 'text/plain' }, '{"message":{}}', 500],
  'a body without a content type': ['POST', {}, null, 500],
  'JSON that breaks off': ['POST', JSON_TYPE, '{"text":', 400],
  'an empty JSON body': ['POST', JSON_TYPE, '', 204],
  'the JSON null': ['POST', JSON_TYPE, 'null', 400],
  'a JSON number': ['POST', JSON_TYPE, '5', 400],
  'a JSON text': ['POST', JSON_TYPE, '"text"', 400],
  GET: ['GET', {}, null, 500],
  HEAD: ['HEAD', {}, null, 500],
  PUT: ['PUT', JSON_TYPE, '{}', 404],
};

for (const [what, [method, headers, body, status]] of Object.entries(FRAMEWORK)) {
  test(`the framework answers ${status} to ${what}, and shows nothing of itself or the body`, async () => {
    const response = await fetch(fixture.functions.url(KIND), { method, headers, body });
    assert.is(response.status, status);
    const text = await response.text();
    assert.not.match(text, /zanzibar|phrase|node_modules| {4}at |TypeError/);
  });
}

test.run();
