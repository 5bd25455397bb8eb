// Events that do not reach Redis, played for real: the profile publishes to a wrong topic, as protobuf, or of a wrong project.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startEventarcShim } from '../../../../scripts/local/eventarc-shim.ts';
import { createPubsubPublisher } from '../../../../scripts/local/publisher.ts';
import { findEmulator, startEmulator } from '../../../../scripts/local/pubsub-emulator.ts';
import { createPubsubClient } from '../../../../scripts/local/pubsub-rest.ts';
import { topicName } from '../../../../scripts/topics.ts';
import { TEST_PROJECT, uniqueConversation, withLocation } from '../../../helpers/redis.ts';
import type { RelayProcess } from '../../../helpers/relay-program.ts';
import { until } from '../../../helpers/until.ts';
import { IncidentFixture, WAIT_MS } from './incident-fixture.ts';
import { assertNamed, runbookRow } from './runbook.ts';

const KIND = 'new-message-event';
const fixture = new IncidentFixture(test);
let relay: RelayProcess;
let messages: string;

test.before(async () => {
  [relay, messages] = await Promise.all([fixture.startRelay(), fixture.startFunction(KIND)]);
});

/** A serialised ConversationEvent, as a profile without message_format publishes it: the name is field 1. */
function protobufOf(conversation: string): Uint8Array {
  const name = Buffer.from(withLocation(conversation));
  return Buffer.concat([Buffer.from([0x0a, name.length]), name]);
}

test('a topic that no function listens to is named with the command that mends it', async () => {
  const row = runbookRow('wrong topic');
  const conversation = uniqueConversation();
  await fixture.joined(relay, conversation);
  const wrong = `projects/${TEST_PROJECT}/topics/my-own-topic`;
  const search = findEmulator(process.env);
  const env: Record<string, string> = {};
  if ('program' in search) {
    const emulator = await startEmulator(search.program);
    fixture.defer(() => emulator.stop());
    const shim = await startEventarcShim(new Map([[topicName(TEST_PROJECT, KIND), messages]]));
    fixture.defer(() => shim.stop());
    const pubsub = createPubsubClient(emulator.url);
    await createPubsubPublisher(pubsub, TEST_PROJECT, shim.url);
    await pubsub.createTopic(wrong);
    await pubsub.publish(wrong, JSON.stringify({ conversation: withLocation(conversation) }), {});
    env.PUBSUB_EMULATOR_HOST = new URL(emulator.url).host;
  } else console.log(`without the emulator: ${search.missing}`);
  const config = { topic: wrong, messageFormat: 'JSON' };
  const mend = fixture.google.editProfile({ newMessageEventNotificationConfig: config });
  const ended = await fixture.run(row.command, conversation, relay, env);
  mend();
  assertNamed(row, ended);
  assert.match(ended.output, /but no function listens to my-own-topic$/m);
});

test('events in protobuf are named with the setting of the profile', async () => {
  const row = runbookRow('protobuf format');
  const conversation = uniqueConversation();
  await fixture.joined(relay, conversation);
  assert.is(await fixture.deliver(messages, conversation, { data: protobufOf(conversation) }), 204);
  const ended = await fixture.run(row.command, conversation, relay);
  assertNamed(row, ended);
});

test('events of another project are named with both ways out', async () => {
  const row = runbookRow('wrong project');
  fixture.forgetLogs();
  const conversation = uniqueConversation();
  await fixture.joined(relay, conversation);
  const foreign = conversation.replace(TEST_PROJECT, 'another-project');
  assert.is(await fixture.deliver(messages, foreign), 204);
  assertNamed(row, await fixture.run(row.command, conversation, relay));
  const asked = await fixture.run(row.command, foreign, relay);
  assert.match(
    asked.output,
    /HTTP 400: the conversation is not one of the project of the relay, GCP_PROJECT_ID/,
  );
});

test('a duplicate is counted, and the last event has a time in milliseconds', async () => {
  const conversation = uniqueConversation();
  const desktop = await fixture.joined(relay, conversation);
  for (let time = 0; time < 3; time++)
    assert.is(await fixture.deliver(messages, conversation, { messageId: '77' }), 204);
  await until(() => desktop.events.length === 1, WAIT_MS);
  const { output } = await fixture.run(runbookRow('wrong topic').command, conversation, relay);
  assert.match(
    output,
    /^ok {4}events: the log has 1 event, 0 interim transcripts so far, dropped 2 duplicates; /m,
  );
  assert.match(output, /^ {4}1 {2}new-message-event .* \d\d:\d\d:\d\d\.\d{3}Z +\d+ ms /m);
});

test.run();
