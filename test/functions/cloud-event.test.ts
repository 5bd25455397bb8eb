import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toDelivery } from '../../functions/cloud-event.ts';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const MESSAGE = {
  data: 'e30=',
  attributes: {},
  messageId: '5',
  message_id: '5',
  publishTime: '2026-03-12T09:31:47Z',
};
const PUSH = { message: MESSAGE, subscription: 'projects/demo-project/subscriptions/messages' };
const EVENT = {
  id: 'ce-5',
  source: '//pubsub.googleapis.com/projects/demo-project/topics/messages',
  type: 'google.cloud.pubsub.topic.v1.messagePublished',
  specversion: '1.0',
  time: '2026-03-12T09:31:48Z',
};
const WHOLE = {
  message: MESSAGE,
  id: 'ce-5',
  time: '2026-03-12T09:31:48Z',
  origin: 'projects/demo-project/topics/messages',
  traceparent: undefined,
};

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

// What the functions framework hands over, in each of the forms that reach it.
const FORMS: Record<string, [event: unknown, delivery: object]> = {
  'a CloudEvent whose data is the push body': [{ ...EVENT, data: PUSH }, WHOLE],
  'a CloudEvent whose data is a message alone': [{ ...EVENT, data: { message: MESSAGE } }, WHOLE],
  'a CloudEvent whose data is the bytes of the push body': [{ ...EVENT, data: bytes(PUSH) }, WHOLE],
  'a CloudEvent whose data is other bytes than a Buffer': [
    { ...EVENT, data: new Uint8Array(bytes(PUSH)) },
    WHOLE,
  ],
  'a CloudEvent whose data is the text of the push body': [{ ...EVENT, data: JSON.stringify(PUSH) }, WHOLE],
  'a CloudEvent with data_base64': [{ ...EVENT, data_base64: bytes(PUSH).toString('base64') }, WHOLE],
  'a CloudEvent whose data is null and that has data_base64': [
    { ...EVENT, data: null, data_base64: bytes(PUSH).toString('base64') },
    WHOLE,
  ],
  'a structured CloudEvent as bytes': [bytes({ ...EVENT, data: PUSH }), WHOLE],
  'a CloudEvent with a trace': [
    { ...EVENT, traceparent: TRACE, data: PUSH },
    { ...WHOLE, traceparent: TRACE },
  ],
  'what the framework makes of a raw push': [
    { ...EVENT, source: '//pubsub.googleapis.com/', data: { message: { '@type': 'x', ...MESSAGE } } },
    { ...WHOLE, message: { '@type': 'x', ...MESSAGE }, origin: undefined },
  ],
  'a CloudEvent of an unknown topic, with a subscription': [
    { ...EVENT, source: '//pubsub.googleapis.com/', data: PUSH },
    { ...WHOLE, origin: PUSH.subscription },
  ],
  'a CloudEvent of another source': [
    { ...EVENT, source: '//other', data: PUSH },
    { ...WHOLE, origin: PUSH.subscription },
  ],
  'a raw push body': [
    PUSH,
    { message: MESSAGE, id: undefined, time: undefined, origin: PUSH.subscription, traceparent: undefined },
  ],
  'a raw push body with a trace': [
    { ...PUSH, traceparent: TRACE },
    { message: MESSAGE, id: undefined, time: undefined, origin: PUSH.subscription, traceparent: TRACE },
  ],
  'a CloudEvent without id and time': [
    { data: PUSH },
    { message: MESSAGE, id: undefined, time: undefined, origin: PUSH.subscription, traceparent: undefined },
  ],
  'a CloudEvent whose id and time are no texts': [
    { ...EVENT, id: 5, time: {}, data: PUSH },
    { ...WHOLE, id: undefined, time: undefined },
  ],
  'a message of nothing': [
    { message: {} },
    { message: {}, id: undefined, time: undefined, origin: undefined, traceparent: undefined },
  ],
};

for (const [what, [event, delivery]] of Object.entries(FORMS)) {
  test(`the message is found in ${what}`, () => {
    assert.equal(toDelivery(event), delivery);
  });
}

// The falsy and shapeless bodies of the reference's table.
const EMPTY: unknown[] = [
  undefined,
  null,
  {},
  [],
  0,
  5,
  true,
  '',
  'text',
  [PUSH],
  { message: null },
  { message: 'text' },
  { message: 5 },
  { message: [MESSAGE] },
  { subscription: 'x' },
  { ...EVENT },
  { ...EVENT, data: null },
  { ...EVENT, data: 'text' },
  { ...EVENT, data: [PUSH] },
  { ...EVENT, data: Buffer.from('{') },
  { ...EVENT, data_base64: '%%' },
  { ...EVENT, data_base64: 5 },
  // A batch, which the framework hands over as the spread bytes of the body.
  { ...bytes([{ ...EVENT, data: PUSH }]) },
];

for (const event of EMPTY) {
  test(`${JSON.stringify(event)?.slice(0, 60)} holds no message`, () => {
    assert.is(toDelivery(event).message, undefined);
  });
}

test('whatever is posted, a message is an object or there is none', () => {
  const anything = fc.oneof(
    fc.anything({ withNullPrototype: true }),
    fc.jsonValue(),
    fc.json(),
    fc.uint8Array(),
    fc.record({ data: fc.oneof(fc.json(), fc.jsonValue()), message: fc.jsonValue() }, { requiredKeys: [] }),
  );
  fc.assert(
    fc.property(anything, (event) => {
      const { message } = toDelivery(event);
      assert.ok(message === undefined || typeof message === 'object');
    }),
    { numRuns: 1_000 },
  );
});

test.run();
