// The spans of joins, deliveries, proxied calls and streams on a real relay, with a tracer that keeps them.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createConversations } from '../../../scripts/local/dialogflow/conversations.ts';
import { startDialogflowServer } from '../../../scripts/local/dialogflow/server.ts';
import { headerOf } from '../../../shared/stream/protocol.ts';
import { makeEvent } from '../../helpers/events.ts';
import { RecordingTracer } from '../../helpers/recording-tracer.ts';
import { TEST_PROJECT, uniqueConversation, withLocation } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import { METHOD } from '../streams/stream-fixture.ts';
import '../../helpers/patient-redis.ts';

const APPEND = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;
const LOCATION = `projects/${TEST_PROJECT}/locations/europe-west2`;

const tracer = new RecordingTracer();
const conversations = createConversations({ publisher: { publish: async () => '1' } });
const fixture = relayFixture(test, async (given) => {
  const dialogflow = await startDialogflowServer(conversations, { partMs: 1 });
  given.defer(() => dialogflow.stop());
  const settings = { DIALOGFLOW_ENDPOINT: dialogflow.url, DIALOGFLOW_WEBCHANNEL_ENDPOINT: dialogflow.url };
  return { tracer, settings };
});

test.before.each(() => {
  tracer.spans.length = 0;
  tracer.isSampled = true;
});

test('an event with a trace has one span for two desktops, below its append', async () => {
  const conversation = uniqueConversation();
  const first = await fixture.nativeDesktop();
  await first.join(conversation);
  const second = await fixture.page(conversation);
  await fixture.log.append(makeEvent(conversation, { messageId: '1' }));
  await fixture.log.append(makeEvent(conversation, { messageId: '2' }), APPEND);
  await until(() => first.events.length === 2 && second.events.length === 2);
  const [span, ...others] = tracer.ended('deliver');
  assert.equal(others, []);
  assert.equal([span?.kind, span?.parent, span?.links], ['consumer', APPEND, [APPEND]]);
  assert.equal(span?.attributes, {
    'messaging.system': 'redis',
    'messaging.operation.name': 'deliver',
    'messaging.operation.type': 'process',
    'messaging.message.id': '2',
    'messaging.message.conversation_id': conversation,
    'agent_assist.event.kind': 'new-message-event',
    'agent_assist.log.offset': 2,
    'agent_assist.desktops': 2,
  });
});

test('an interim transcript with a trace has a span', async () => {
  const conversation = uniqueConversation();
  const desktop = await fixture.nativeDesktop();
  await desktop.join(conversation);
  const kind = 'new-recognition-result-notification-event';
  await fixture.log.append(makeEvent(conversation, { kind }), APPEND);
  await until(() => tracer.ended('deliver').length === 1);
  assert.is(tracer.ended('deliver')[0]?.attributes['agent_assist.event.kind'], kind);
});

test('a join with a cursor has a span with its replay, and replayed events have none', async () => {
  const conversation = uniqueConversation();
  for (const messageId of ['1', '2', '3'])
    await fixture.log.append(makeEvent(conversation, { messageId }), APPEND);
  const desktop = await fixture.nativeDesktop();
  await desktop.join(conversation, '0');
  await until(() => tracer.ended('join').length === 1);
  const [join, replay] = tracer.spans;
  assert.equal(
    [join?.name, join?.kind, join?.parent, join?.attributes],
    [
      'join',
      'server',
      undefined,
      { 'messaging.message.conversation_id': conversation, 'agent_assist.join.start': 'position' },
    ],
  );
  assert.equal([replay?.name, replay?.parent, replay?.hasEnded], ['replay', join?.traceparent, true]);
  assert.equal(replay?.attributes, {
    'messaging.message.conversation_id': conversation,
    'agent_assist.replay.messages': 3,
    'agent_assist.replay.recovered': true,
  });
  assert.equal(tracer.ended('deliver'), []);
});

test('a join that starts with the next event has no replay', async () => {
  const desktop = await fixture.nativeDesktop();
  await desktop.join(uniqueConversation());
  await until(() => tracer.ended('join').length === 1);
  assert.equal(
    tracer.spans.map((span) => [span.name, span.attributes['agent_assist.join.start']]),
    [['join', 'live']],
  );
});

test('a join that is not let in ends its span with the class of the error', async () => {
  const { token } = fixture.relay.tokens.issue('test:agent', '', { conversations: [uniqueConversation()] });
  const desktop = await fixture.nativeDesktop({ token });
  const answer = await desktop.join(uniqueConversation());
  assert.is(answer.type, 'error');
  await until(() => tracer.ended('join').length === 1);
  assert.is(tracer.ended('join')[0]?.errorType, 'AccessRefusedError');
});

test('a proxied call has a span that links to its traceparent, and one below it', async () => {
  const { name } = await conversations.create(LOCATION, `${LOCATION}/conversationProfiles/demo`);
  const headers = { authorization: fixture.relay.token, traceparent: APPEND };
  const path = (version: string) => `${fixture.relay.url}/${version}/${name}`;
  assert.is((await fetch(path('v2'), { headers })).status, 200);
  const route = 'GET /v2/projects/*/locations/*/conversations/**';
  await until(() => tracer.ended(route).length === 1);
  const [server] = tracer.ended(route);
  const [client] = tracer.ended('GET');
  assert.equal([server?.kind, server?.parent, server?.links], ['server', undefined, [APPEND]]);
  assert.equal(server?.attributes, {
    'http.request.method': 'GET',
    'http.route': '/v2/projects/*/locations/*/conversations/**',
    'http.response.status_code': 200,
  });
  assert.equal([client?.kind, client?.parent], ['client', server?.traceparent]);
  assert.is(client?.attributes['http.response.status_code'], 200);
  assert.is(client?.attributes['server.address'], '127.0.0.1');
  assert.not.match(JSON.stringify(tracer.spans), name.split('/').at(-1) ?? '');
});

test('a call that the relay refuses has a span alone, and other routes have none', async () => {
  assert.is((await fetch(`${fixture.relay.url}/v2/projects/other`)).status, 404);
  assert.is((await fetch(`${fixture.relay.url}/status`)).status, 200);
  await until(() => tracer.ended('GET /v2/*').length === 1);
  assert.is(tracer.spans.length, 1);
  assert.is(tracer.spans[0]?.errorType, undefined);
});

test('a stream has a span from its first message to its end', async () => {
  const { name } = await conversations.create(LOCATION, `${LOCATION}/conversationProfiles/demo`);
  conversations.addParticipant(name, 'HUMAN_AGENT', 'agent');
  const desktop = await fixture.nativeDesktop();
  const payload = { participant: `${name}/participants/agent`, textInput: 'Are returns free?' };
  desktop.send({ type: 'stream-request', streamId: 's', method: METHOD, payload });
  await until(() => desktop.of('stream-data').some((frame) => 'isFinal' in frame.payload));
  assert.equal(tracer.ended('stream'), []);
  desktop.send({ type: 'end-stream', streamId: 's' });
  await until(() => tracer.ended('stream').length === 1);
  const [stream] = tracer.ended('stream');
  assert.equal([stream?.kind, stream?.errorType], ['client', undefined]);
  assert.is(stream?.attributes['rpc.method'], METHOD);
  assert.not.match(JSON.stringify(tracer.spans), 'returns');
});

test('what is not sampled works as before, without a span', async () => {
  tracer.isSampled = false;
  const conversation = uniqueConversation();
  const desktop = await fixture.nativeDesktop();
  await desktop.join(conversation, '0');
  await fixture.publish(conversation);
  await until(() => desktop.events.length === 1);
  assert.is((await fetch(`${fixture.relay.url}/v2/projects/other`)).status, 404);
  assert.equal(tracer.spans, []);
});

test('what desktops get is the same with a trace beside the event and without', async () => {
  const [conversation, other] = [uniqueConversation(), uniqueConversation()];
  const desktop = await fixture.nativeDesktop();
  await desktop.join(conversation);
  await desktop.join(other);
  const at = { messageId: '1', publishTime: '2026-03-12T11:20:12.130Z' };
  await fixture.log.append(makeEvent(conversation, at), APPEND);
  await fixture.log.append(makeEvent(other, at));
  await until(() => desktop.events.length === 2);
  const [traced, plain] = desktop.payloads.slice(-2).map((payload) =>
    payload
      .toString()
      .replaceAll(withLocation(conversation), withLocation(other))
      .replaceAll(conversation, other)
      .replace(/"cursor":"[^"]*"/, ''),
  );
  assert.is(traced, plain);
  assert.match(headerOf({ kind: 'new-message-event', messageId: '1', traceparent: APPEND }), APPEND);
});

test.run();
