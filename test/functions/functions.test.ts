// The four functions as they are deployed: bundled, under Google's functions framework, with a real Redis.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PushBody } from '../../scripts/local/eventarc.ts';
import { type ShortName, shortName } from '../../shared/conversation-name.ts';
import {
  type Envelope,
  EVENT_KINDS,
  type EventKind,
  INTERIM_KIND,
  LIFECYCLE_KIND,
} from '../../shared/event.ts';
import { conversationKeys, INDEX_KEYS } from '../../shared/keys.ts';
import { uniqueConversation } from '../helpers/redis.ts';
import { until } from '../helpers/until.ts';
import { SAMPLE_PROJECT, sampleDeliveries, sampleDelivery } from '../shared/sample-events.ts';
import { FUNCTION_ENV, makePush, pushOf, runFunction } from './deployed-functions.ts';
import { FunctionsFixture } from './functions-fixture.ts';

const KIND = 'new-message-event';
const SECRET = 'zanzibar phrase';

const fixture = new FunctionsFixture(test);

const newConversation = () => uniqueConversation(SAMPLE_PROJECT.id);

/** The published text of an event, with something in it that no log may show. */
const textOf = (conversation: string) =>
  ` {"conversation": "${conversation}", "newMessagePayload":{"content":"${SECRET} é漢😀"}}\n`;

async function eventsOf(conversation: ShortName): Promise<Envelope[]> {
  const { events } = await fixture.log.read(conversation, 0, 1_000);
  return events.map(({ json }) => JSON.parse(json) as Envelope);
}

/** What the reference's message is, in the order of its fields. */
function envelopeOf(
  conversation: ShortName,
  push: PushBody,
  kind: EventKind = KIND,
): Omit<Envelope, 'ack_time'> {
  return {
    conversation_name: conversation,
    data: Buffer.from(push.message.data, 'base64').toString(),
    data_type: kind,
    publish_time: push.message.publishTime,
    message_id: push.message.messageId,
  };
}

function assertTaken(envelope: Envelope | undefined, expected: Omit<Envelope, 'ack_time'>): void {
  const { ack_time, ...rest } = envelope ?? ({} as Envelope);
  assert.equal(rest, expected);
  assert.match(ack_time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.ok(Math.abs(Date.parse(ack_time) - Date.now()) < 60_000);
}

for (const kind of EVENT_KINDS.filter((each) => each !== INTERIM_KIND)) {
  test(`${kind} answers 204 and keeps the text`, async () => {
    const conversation = newConversation();
    const push = makePush(textOf(conversation));
    assert.equal(await fixture.functions.deliver(kind, push), { status: 204, body: '' });
    const events = await eventsOf(conversation);
    assert.is(events.length, 1);
    assertTaken(events[0], envelopeOf(conversation, push, kind));
  });
}

test(`${INTERIM_KIND} keeps open interim transcripts`, async () => {
  const conversation = newConversation();
  const attributes = { participant_id: 'p', participant_role: 'END_USER', message_id: 'm' };
  const push = makePush(textOf(conversation), { attributes });
  assert.is((await fixture.functions.deliver(INTERIM_KIND, push)).status, 204);
  const { events, open } = await fixture.log.read(conversation, 0, 10);
  assert.equal(events, []);
  assertTaken(JSON.parse(open[0]?.json ?? '{}'), {
    ...envelopeOf(conversation, push, INTERIM_KIND),
    participant_role: 'END_USER',
    new_recognition_result_message_id: 'm',
  });
  await fixture.functions.deliver(
    KIND,
    makePush({ conversation, newMessagePayload: { name: 'x/messages/m' } }),
  );
  assert.equal((await fixture.log.read(conversation, 0, 10)).open, []);
});

for (const sample of sampleDeliveries('events')) {
  test(`${sample.file} keeps its text in the channel`, async () => {
    const conversation = shortName(sample.payload?.conversation, SAMPLE_PROJECT);
    const { channel } = conversationKeys(conversation);
    const subscriber = fixture.client();
    const published: string[] = [];
    subscriber.on('message', (_channel, message) => published.push(message));
    await subscriber.subscribe(channel);
    // Other samples have ended the same utterance.
    await fixture.redis.del(conversationKeys(conversation).meta);
    const push = pushOf(sample);
    assert.is((await fixture.functions.deliver(sample.kind, push)).status, 204);
    await until(() => published.length > 0);
    const json = published[0]?.slice(published[0].indexOf('\n') + 1) ?? '';
    const envelope = JSON.parse(json) as Envelope;
    assert.is(envelope.data, sample.text);
    assert.is(envelope.data_type, sample.kind);
    assert.is(envelope.message_id, push.message.messageId);
  });
}

test('an event of a hundred kilobytes is taken', async () => {
  const sample = sampleDelivery('events/assist-large.json');
  assert.ok(sample.text.length > 90_000);
  const conversation = newConversation();
  const text = sample.text.replace(/"projects\/[^"]*\/conversations\/[^"/]*"/, `"${conversation}"`);
  assert.is((await fixture.functions.deliver('human-agent-assistant-event', makePush(text))).status, 204);
  assert.is((await eventsOf(conversation))[0]?.data, text);
});

test('fifty deliveries of one message at once are one event', async () => {
  const conversation = newConversation();
  const push = makePush(textOf(conversation));
  const answers = await Promise.all(Array.from({ length: 50 }, () => fixture.functions.deliver(KIND, push)));
  assert.equal(new Set(answers.map(({ status }) => status)), new Set([204]));
  assert.is((await eventsOf(conversation)).length, 1);
});

test('a hundred messages at once are a hundred events without a hole', async () => {
  const conversation = newConversation();
  const pushes = Array.from({ length: 100 }, () => makePush(textOf(conversation)));
  await Promise.all(pushes.map((push) => fixture.functions.deliver(KIND, push)));
  const { events } = await fixture.log.read(conversation, 0, 1_000);
  assert.equal(
    events.map(({ position }) => position.offset),
    pushes.map((_, i) => i + 1),
  );
  assert.equal(
    events.map(({ messageId }) => messageId).sort(),
    pushes.map(({ message }) => message.messageId).sort(),
  );
});

test('a call is in the list of conversations from its start on, with its end', async () => {
  const conversation = newConversation();
  const publishTime = new Date().toISOString();
  const deliver = async (type: string) => {
    const push = makePush({ conversation, type });
    const message = { ...push.message, publishTime, publish_time: publishTime };
    assert.is((await fixture.functions.deliver(LIFECYCLE_KIND, { ...push, message })).status, 204);
  };
  await deliver('CONVERSATION_STARTED');
  assert.is(await fixture.redis.zscore(INDEX_KEYS.started, conversation), String(Date.parse(publishTime)));
  await deliver('CONVERSATION_FINISHED');
  assert.is(await fixture.redis.zscore(INDEX_KEYS.ended, conversation), String(Date.parse(publishTime)));
});

test('a project number in the name is the project', async () => {
  const id = randomUUID();
  const push = makePush(textOf(`projects/${SAMPLE_PROJECT.number}/locations/us/conversations/${id}`));
  assert.is((await fixture.functions.deliver(KIND, push)).status, 204);
  assert.is((await eventsOf(`projects/${SAMPLE_PROJECT.id}/conversations/${id}`)).length, 1);
});

test('without a project id no function starts, and each says which variables are wrong', async () => {
  for (const kind of EVENT_KINDS.slice(0, 2)) {
    const { code, output } = await runFunction(fixture.build, kind, {
      GCP_PROJECT_ID: '',
      REDISPORT: 'zero',
      HISTORY_SIZE: '-1',
    });
    assert.ok(code !== 0 && code !== null, `exit code ${code}`);
    assert.match(output, /GCP_PROJECT_ID is not set: set it to the id/);
    assert.match(output, /REDISPORT is not valid/);
    assert.match(output, /HISTORY_SIZE is not valid/);
    assert.not.match(output, /zero/);
  }
});

test('no log shows what was said, and every own line has the fields of Cloud Logging', () => {
  for (const kind of EVENT_KINDS) {
    assert.not.match(fixture.functions.log(kind), /zanzibar|phrase|boiler|pressure/i);
    for (const record of fixture.functions.records(kind)) {
      assert.is(record.service, kind);
      assert.match(String(record.severity), /^(DEBUG|INFO|WARNING|ERROR)$/);
    }
    assert.ok(fixture.functions.records(kind).length > 0);
  }
});

test('a function whose port is taken ends with a sentence that names the variable', async () => {
  const port = await fixture.listen(createServer());
  const { code, output } = await runFunction(fixture.build, 'new-message-event', {
    ...FUNCTION_ENV,
    PORT: String(port),
  });
  assert.is(code, 1);
  assert.match(output, `port ${port} is in use by another program: end that, or set PORT to another port\n`);
  assert.not.match(output, /^\s+at /m, 'no stack');
});

test.run();
