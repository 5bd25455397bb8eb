// What else of a message the event log has to know: its id and time, and the utterance that it ends.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type AgentAssistEvent,
  type DecodeOptions,
  decodeEvent,
  type Envelope,
  type EventKind,
} from '../../shared/event.ts';

const CONVERSATION = 'projects/demo-project/locations/global/conversations/c-1';
const NOW = new Date('2026-03-12T14:00:00.999Z');
const INTERIM = 'new-recognition-result-notification-event';

function decode(
  kind: EventKind,
  payload: object,
  more: object,
  fallback: DecodeOptions['fallback'] = {},
): AgentAssistEvent {
  const data = Buffer.from(JSON.stringify({ conversation: CONVERSATION, ...payload })).toString('base64');
  return decodeEvent(
    kind,
    { data, messageId: '11873204520761323', publishTime: '2026-03-12T09:31:47.902Z', ...more },
    { project: { id: 'demo-project' }, maxBytes: 4096, now: NOW, fallback },
  );
}

// [message, CloudEvent's own id and time, id and time of the event]
const IDENTITIES: Record<string, [object, DecodeOptions['fallback'], id: string, time: string]> = {
  'the message has both': [
    { messageId: '5', publishTime: '2026-01-01T00:00:00Z' },
    { id: 'ce', time: 'ce-time' },
    '5',
    '2026-01-01T00:00:00Z',
  ],
  'the message has them in snake case': [
    { messageId: undefined, publishTime: undefined, message_id: '6', publish_time: '2026-01-01T00:00:00.5Z' },
    { id: 'ce', time: 'ce-time' },
    '6',
    '2026-01-01T00:00:00.5Z',
  ],
  'only the CloudEvent has them': [
    { messageId: undefined, publishTime: undefined },
    { id: 'ce-id', time: '2026-01-01T00:00:01Z' },
    'ce-id',
    '2026-01-01T00:00:01Z',
  ],
  'the message has empty ones': [
    { messageId: '', publishTime: '' },
    { id: 'ce-id', time: '2026-01-01T00:00:01Z' },
    'ce-id',
    '2026-01-01T00:00:01Z',
  ],
  'the message has null in camel case': [
    { messageId: null, publishTime: null, message_id: '7', publish_time: '2026-01-01T00:00:00Z' },
    {},
    '7',
    '2026-01-01T00:00:00Z',
  ],
  'nothing has them': [{ messageId: undefined, publishTime: undefined }, {}, '', NOW.toISOString()],
  'the id is a number': [{ messageId: 12345 }, {}, '12345', '2026-03-12T09:31:47.902Z'],
  // JSON.parse has rounded it: two messages could seem one, and one of them would be lost.
  'the id is a number beyond 2^53': [
    JSON.parse('{"messageId":11873204520761323}') as object,
    { id: '11873204520761323' },
    '11873204520761323',
    '2026-03-12T09:31:47.902Z',
  ],
  'the id is an object': [{ messageId: { a: 1 } }, { id: 'ce' }, 'ce', '2026-03-12T09:31:47.902Z'],
};

for (const [what, [more, fallback, id, time]] of Object.entries(IDENTITIES)) {
  test(`id and time are found where ${what}`, () => {
    const event = decode('new-message-event', {}, more, fallback);
    const envelope = JSON.parse(event.json) as Envelope;
    assert.is(event.messageId, id);
    assert.is(event.publishTime, time);
    assert.is(envelope.message_id, id);
    assert.is(envelope.publish_time, time);
  });
}

const NAME = `${CONVERSATION}/messages/m-1`;
// [payload, attributes' message_id, what is closed]
const ENDS: Record<string, [EventKind, object, closes: string | undefined]> = {
  'a message': ['new-message-event', { newMessagePayload: { name: NAME } }, 'm-1'],
  'a message in snake case': ['new-message-event', { new_message_payload: { name: NAME } }, 'm-1'],
  'a message of a bare name': ['new-message-event', { newMessagePayload: { name: 'm-1' } }, 'm-1'],
  'a message without a name': ['new-message-event', { newMessagePayload: {} }, undefined],
  'a message whose name is no text': ['new-message-event', { newMessagePayload: { name: 5 } }, undefined],
  'a message whose name ends in a slash': [
    'new-message-event',
    { newMessagePayload: { name: `${NAME}/` } },
    undefined,
  ],
  'a payload that is null': ['new-message-event', { newMessagePayload: null }, undefined],
  'a payload that is a list': ['new-message-event', { newMessagePayload: [{ name: NAME }] }, undefined],
  'a final result': [INTERIM, { newRecognitionResultPayload: { isFinal: true } }, 'u-1'],
  'a final result in snake case': [INTERIM, { new_recognition_result_payload: { is_final: true } }, 'u-1'],
  'a result that is not final': [INTERIM, { newRecognitionResultPayload: { isFinal: false } }, undefined],
  'a result that is final in a text': [
    INTERIM,
    { newRecognitionResultPayload: { isFinal: 'true' } },
    undefined,
  ],
  'a recognition result that carries a message': [INTERIM, { newMessagePayload: { name: NAME } }, undefined],
};

for (const [what, [kind, payload, closes]] of Object.entries(ENDS)) {
  test(`${what} ${closes === undefined ? 'leaves its utterance open' : 'ends it'}`, () => {
    const attributes = { participant_id: 'p', message_id: 'u-1' };
    assert.is(decode(kind, payload, { attributes }).closes, closes);
  });
}

test.run();
