// Every sample of a published event, ordinary and odd, through the decoder.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { shortName } from '../../shared/conversation-name.ts';
import { EventError } from '../../shared/errors.ts';
import { type AgentAssistEvent, decodeEvent, type Envelope, INTERIM_KIND } from '../../shared/event.ts';
import { SAMPLE_PROJECT, type SampleDelivery, sampleDeliveries } from './sample-events.ts';

const NOW = new Date('2026-03-12T14:00:00.789Z');

const COMMON_FIELDS = ['conversation_name', 'data', 'data_type', 'ack_time', 'publish_time', 'message_id'];
const INTERIM_FIELDS = [...COMMON_FIELDS, 'participant_role', 'new_recognition_result_message_id'];

const decode = (sample: SampleDelivery): AgentAssistEvent =>
  decodeEvent(sample.kind, sample.message, {
    project: SAMPLE_PROJECT,
    maxBytes: 1024 * 1024,
    now: NOW,
    fallback: {},
  });

/** What holds for every message that becomes an event. */
function assertEnvelope(sample: SampleDelivery, event: AgentAssistEvent): Envelope {
  const envelope = JSON.parse(event.json) as Envelope;
  const isInterim = sample.kind === INTERIM_KIND;
  assert.equal(Object.keys(envelope), isInterim ? INTERIM_FIELDS : COMMON_FIELDS);
  assert.ok(Buffer.from(envelope.data).equals(Buffer.from(sample.text)), 'data is the published text');
  assert.is(envelope.conversation_name, shortName(sample.payload?.conversation, SAMPLE_PROJECT));
  assert.is(envelope.conversation_name, event.conversation);
  assert.is(envelope.data_type, sample.kind);
  assert.is(envelope.ack_time, '2026-03-12T14:00:00Z');
  assert.is(envelope.publish_time, event.publishTime);
  assert.is(envelope.message_id, sample.pubsub.messageId);
  assert.is(event.messageId, sample.pubsub.messageId);
  assert.is(event.kind, sample.kind);
  if (isInterim) {
    assert.is(envelope.new_recognition_result_message_id, sample.attributes?.message_id ?? '');
  }
  return envelope;
}

for (const sample of sampleDeliveries('events')) {
  test(`events/${sample.file} becomes its envelope`, () => {
    const event = decode(sample);
    const envelope = assertEnvelope(sample, event);
    assert.is(envelope.publish_time, sample.pubsub.publishTime);
    if (sample.kind !== INTERIM_KIND) return;
    assert.is(envelope.participant_role, sample.attributes?.participant_role);
    assert.equal(event.utterance, {
      participant: sample.attributes?.participant_id,
      message: sample.attributes?.message_id,
    });
  });
}

// The other recognition samples and every other kind leave their utterance open.
const CLOSES: Record<string, (sample: SampleDelivery) => string | undefined> = {
  'recognition-is-final.json': ({ attributes }) => attributes?.message_id,
  'recognition-dtmf.json': ({ attributes }) => attributes?.message_id,
};

for (const sample of sampleDeliveries('events')) {
  const { name } = (sample.payload?.newMessagePayload ?? {}) as { name?: string };
  const expected = CLOSES[sample.file]?.(sample) ?? name?.split('/').at(-1);
  test(`events/${sample.file} ${expected ? 'ends an utterance' : 'ends no utterance'}`, () => {
    assert.is(decode(sample).closes, expected);
  });
}

test('the message that ends an utterance has the id of its interim transcripts', () => {
  const [final, interim] = ['utterance-5-final-message.json', 'utterance-4-interim.json'].map((file) =>
    sampleDeliveries('events').find((sample) => sample.file === file),
  );
  if (final === undefined || interim === undefined) return assert.unreachable();
  assert.is(decode(final).closes, decode(interim).utterance?.message);
  assert.ok(decode(final).closes);
});

type Check = (envelope: Envelope, event: AgentAssistEvent) => void;
const asItIs: Check = () => {};

// What becomes of each odd message; the reason why it can happen stands in its file.
const ODD: Record<string, Check | { fault: string }> = {
  'control-characters.json': asItIs,
  'conversation-missing.json': { fault: 'no-conversation' },
  'data-not-json.json': { fault: 'not-json' },
  'empty-suggestion-results.json': asItIs,
  'event-type-unset.json': asItIs,
  'explicit-defaults-and-nulls.json': (_envelope, event) => assert.is(event.closes, undefined),
  'finished-twice.json': asItIs,
  'message-type-unset.json': (_envelope, event) => assert.is(event.closes, undefined),
  'missing-publish-time.json': ({ publish_time }) => assert.is(publish_time, NOW.toISOString()),
  'numeric-enum.json': asItIs,
  'project-number.json': ({ conversation_name }) =>
    assert.is(conversation_name, 'projects/brightwater-cc/conversations/1zQ4mVd7TkuRbX0pLwH2sA'),
  'recognition-after-final.json': asItIs,
  'recognition-participantRole-attribute.json': ({ participant_role }) =>
    assert.is(participant_role, 'END_USER'),
  'recognition-without-attributes.json': ({ participant_role }, event) => {
    assert.is(participant_role, '');
    assert.is(event.utterance, undefined);
  },
  'redelivered-same-message-id.json': asItIs,
  'snake-case-envelope.json': asItIs,
  'snake-case-keys.json': (_envelope, event) => assert.is(event.closes, 'Sn4kE1cAs-2eKy3sAb5cDw'),
  'suggestion-results-absent-and-empty-members.json': asItIs,
  'unknown-fields.json': asItIs,
};

for (const sample of sampleDeliveries('odd')) {
  test(`odd/${sample.file} (${sample.pubsub.messageId})`, () => {
    const expected = ODD[sample.file];
    if (expected === undefined) return assert.unreachable(`${sample.file} is not in the table`);
    if (typeof expected === 'function') {
      const event = decode(sample);
      return expected(assertEnvelope(sample, event), event);
    }
    try {
      decode(sample);
    } catch (error) {
      assert.instance(error, EventError);
      return assert.is((error as EventError).fault, expected.fault);
    }
    return assert.unreachable('it was taken');
  });
}

test('the odd samples and the table are the same files', () => {
  const files = new Set(sampleDeliveries('odd').map(({ file }) => file));
  assert.equal([...files], Object.keys(ODD));
});

test('the two spellings of the envelope give the same event', () => {
  const [sample] = sampleDeliveries('odd').filter(({ file }) => file === 'snake-case-envelope.json');
  if (sample === undefined) return assert.unreachable();
  const { messageId, publishTime, message_id, publish_time, ...rest } = sample.message;
  const camel = decode({ ...sample, message: { ...rest, messageId, publishTime } });
  const snake = decode({ ...sample, message: { ...rest, message_id, publish_time } });
  assert.equal(camel, snake);
  assert.is(snake.messageId, sample.pubsub.messageId);
  assert.is(snake.publishTime, sample.pubsub.publishTime);
});

test('a message that was delivered twice has one id', () => {
  const samples = sampleDeliveries('odd').filter(({ file }) => file === 'redelivered-same-message-id.json');
  assert.is(samples.length, 2);
  assert.is(new Set(samples.map((sample) => decode(sample).messageId)).size, 1);
});

test.run();
