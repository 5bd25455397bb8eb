// What a deployed function answers to each input that is no event: the rows of the reference's table, of which the
// reference refuses many for ever.
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
  test(`${what} is logged as ${fault}`, async () => {
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
  test(`a payload of ${what} is logged as ${fault}`, async () => {
    const push = makePush(content);
    assert.equal(await fixture.functions.deliver(KIND, push), { status: 204, body: '' });
    const record = await fixture.functions.recordOf(KIND, push.message.messageId);
    assert.equal([record.fault, record.severity, record.topic], [fault, 'ERROR', topicOf(KIND)]);
  });
}

test('a dropped message of a raw push is logged with its subscription', async () => {
  const { message, subscription } = makePush('no JSON');
  const { messageId, ...rest } = message;
  const body = JSON.stringify({ message: rest, subscription });
  assert.is((await fixture.functions.post(KIND, { headers: JSON_TYPE, body })).status, 204);
  assert.is((await fixture.functions.recordOf(KIND, messageId)).topic, subscription);
});

const PUSH = '{"message":{}}';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const BARE = JSON.stringify({ conversation: CONVERSATION, text: SECRET });
const UNWRAPPED = { 'x-goog-pubsub-message-id': '7', 'x-goog-pubsub-publish-time': '2026-03-12T09:31:47Z' };

// What is no delivery of Pub/Sub, or would be one if the subscription were mended, is refused. Pub/Sub delivers again
// what gets anything but a 2xx.
const REFUSED: Record<
  string,
  [method: string, headers: Record<string, string>, body: string | null, status: number, answer: RegExp]
> = {
  GET: ['GET', {}, null, 405, /by POST/],
  HEAD: ['HEAD', {}, null, 405, /^$/],
  PUT: ['PUT', JSON_TYPE, '{}', 405, /by POST/],
  DELETE: ['DELETE', {}, null, 405, /by POST/],
  OPTIONS: ['OPTIONS', {}, null, 405, /by POST/],
  'a POST without body and content type': ['POST', {}, null, 400, /body is empty/],
  'an empty JSON body': ['POST', JSON_TYPE, '', 400, /body is empty/],
  'an empty text': ['POST', { 'content-type': 'text/plain' }, '', 400, /body is empty/],
  'an empty form': ['POST', FORM, '', 400, /body is empty/],
  'a text that is no JSON': ['POST', { 'content-type': 'text/plain' }, 'hello', 400, /not JSON/],
  'a form': ['POST', FORM, 'message=x&text=y', 400, /not JSON/],
  'bytes that are no JSON': [
    'POST',
    { 'content-type': 'application/octet-stream' },
    'hello',
    400,
    /not JSON/,
  ],
  'a payload without its message id': ['POST', JSON_TYPE, BARE, 400, /disable payload unwrapping/],
  'a payload as a text without its message id': [
    'POST',
    { 'content-type': 'text/plain' },
    BARE,
    400,
    /disable payload unwrapping/,
  ],
};

for (const [what, [method, headers, body, status, answer]] of Object.entries(REFUSED)) {
  test(`${what} is ${status} and one line in the log`, async () => {
    const refusals = () => fixture.functions.records(KIND).filter((record) => record.status !== undefined);
    const before = refusals().length;
    const response = await fetch(fixture.functions.url(KIND), { method, headers, body });
    assert.is(response.status, status);
    assert.match(await response.text(), answer);
    assert.is(response.headers.get('allow'), status === 405 ? 'POST' : null);
    await until(() => refusals().length > before);
    assert.equal(
      refusals()
        .slice(before)
        .map((record) => [record.severity, record.status, record.method]),
      [['WARNING', status, method]],
    );
  });
}

// What Pub/Sub itself may send, and no redelivery can mend.
const ACKNOWLEDGED: Record<
  string,
  [headers: Record<string, string>, body: string | Uint8Array<ArrayBuffer>, fault: EventFault]
> = {
  'a push without data, labelled as plain text': [{ 'content-type': 'text/plain' }, PUSH, 'no-data'],
  'an unwrapped message of attributes only': [UNWRAPPED, '', 'no-data'],
  'an unwrapped protobuf': [UNWRAPPED, new Uint8Array(serialised), 'protobuf'],
  'an unwrapped text': [{ ...UNWRAPPED, 'content-type': 'text/plain' }, `${SECRET}!`, 'not-json'],
  'a CloudEvent without a body': [{ 'ce-id': '8', 'ce-specversion': '1.0' }, '', 'no-message'],
  'an empty batch': [{ 'content-type': 'application/cloudevents-batch+json' }, '[]', 'no-message'],
};

for (const [what, [headers, body, fault]] of Object.entries(ACKNOWLEDGED)) {
  test(`${what} is logged as ${fault}`, async () => {
    const before = faults().length;
    const response = await fetch(fixture.functions.url(KIND), { method: 'POST', headers, body });
    assert.is(response.status, 204);
    await until(() => faults().length > before);
    assert.is(faults().at(-1)?.fault, fault);
  });
}

// The framework parses what is labelled as JSON before it calls the function. Pub/Sub sends none of these.
const FRAMEWORK: Record<string, string> = {
  'JSON that breaks off': '{"text":',
  'the JSON null': 'null',
  'a JSON number': '5',
  'a JSON text': '"text"',
};

for (const environment of ['production', '']) {
  test(`broken JSON gets an answer without a stack, NODE_ENV='${environment}'`, async () => {
    const functions =
      environment === 'production'
        ? fixture.functions
        : await fixture.deploy({ ...fixture.server.env, NODE_ENV: environment });
    for (const [what, body] of Object.entries(FRAMEWORK)) {
      const response = await fetch(functions.url(KIND), { method: 'POST', headers: JSON_TYPE, body });
      assert.is(response.status, 400, what);
      assert.not.match(await response.text(), /node_modules| {4}at |TypeError/, what);
    }
  });
}

test.run();
