// Messages that can never become an event: they are acknowledged, and logged without their content.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONVERSATION, eventarc, good, KIND, SECRET, startHandler, TOPIC, TRACE } from './handler-fixture.ts';

const DROPPED: Record<string, [event: unknown, fault: string]> = {
  'no message': [{ ...good(), data: {} }, 'no-message'],
  'no data': [eventarc('', { data: undefined }), 'no-data'],
  'no base64': [eventarc('', { data: `${SECRET}!` }), 'not-base64'],
  'no JSON': [eventarc(`${SECRET}`), 'not-json'],
  'no conversation': [eventarc({ text: SECRET }), 'no-conversation'],
  'no conversation name': [eventarc({ conversation: SECRET }), 'not-a-conversation-name'],
  'another project': [
    eventarc({ conversation: 'projects/other/conversations/c', text: SECRET }),
    'other-project',
  ],
  'too much': [eventarc({ conversation: CONVERSATION, text: SECRET.repeat(1_000) }), 'too-large'],
};

for (const [what, [event, fault]] of Object.entries(DROPPED)) {
  test(`a message with ${what} is dropped and logged without content`, async () => {
    const { handle, appended, records, text } = startHandler();
    assert.is(await handle(event), undefined);
    assert.is(await handle(event), undefined);
    assert.equal(appended, []);
    assert.equal(
      records().map((record) => [record.severity, record.kind, record.fault, record.count]),
      [1, 2].map((count) => ['ERROR', KIND, fault, count]),
    );
    assert.not.match(text(), /zanzibar|phrase/);
    assert.match(records()[0].message, /^event dropped: /);
    // A request without a message is known by its CloudEvent, whose id is the same here.
    assert.is(records()[0].message_id, '77');
    assert.is(records()[0].topic, TOPIC);
    assert.is(records()[0]['logging.googleapis.com/trace'], `projects/demo-project/traces/${TRACE}`);
  });
}

test('each fault is counted by itself', async () => {
  const { handle, records } = startHandler();
  for (const content of ['x', { text: 'x' }, 'x', { conversation: 5 }, 'x']) await handle(eventarc(content));
  assert.equal(
    records().map(({ fault, count }) => `${fault} ${count}`),
    ['not-json 1', 'no-conversation 1', 'not-json 2', 'not-a-conversation-name 1', 'not-json 3'],
  );
});

test('a body that is nothing at all is acknowledged', async () => {
  const { handle, records } = startHandler();
  for (const body of [undefined, null, {}, [], 0, '', 'text']) assert.is(await handle(body), undefined);
  assert.is(records().at(-1).count, 7);
});

test('a message id that is no text or number is not logged', async () => {
  const { handle, text, records } = startHandler();
  for (const messageId of [{ text: SECRET }, [SECRET], true]) await handle(eventarc('x', { messageId }));
  assert.not.match(text(), /zanzibar|phrase/);
  assert.is(records()[0].message_id, '77', "the CloudEvent's instead");
});

test('the faults of one function are counted apart from those of another', async () => {
  const [one, other] = [startHandler(), startHandler()];
  await one.handle(eventarc('x'));
  await other.handle(eventarc('x'));
  assert.is(other.records()[0].count, 1);
});

test.run();
