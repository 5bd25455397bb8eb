// Streams over Socket.IO, from a real client through a relay to the Dialogflow simulator.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CLIENTS, type ClientVersion } from '../../helpers/desktop.ts';
import { TEST_PROJECT } from '../../helpers/redis.ts';
import { until } from '../../helpers/until.ts';
import { CITED, QUESTION, withoutTimes } from '../../scripts/local/dialogflow/companion-fixture.ts';
import { CONVERSATION, METHOD, PARTICIPANT, StreamFixture } from './stream-fixture.ts';

const fixture = new StreamFixture(test, { recheckMs: 50 });

const noStreams = () => until(() => fixture.upstream === 0, 30_000, 'Dialogflow has no stream');

test.after.each(noStreams);

for (const client of Object.keys(CLIENTS) as ClientVersion[]) {
  for (const transport of ['websocket', 'polling'] as const) {
    test(`a question over ${transport} with socket.io-client ${client} is answered`, async () => {
      const desktop = await fixture.streamingDesktop({ client, transports: [transport] });
      const other = await fixture.streamingDesktop();
      assert.equal(await desktop.ask('s1', QUESTION), [true, 's1']);
      assert.equal((await desktop.answered('s1')).map(withoutTimes), CITED);
      assert.equal(await desktop.ask('s1', QUESTION), [true, 's1']);
      assert.equal((await desktop.answered('s1', 2)).map(withoutTimes), [...CITED, ...CITED]);
      assert.equal([desktop.told, other.data, other.told], [[], [], []]);
      assert.equal(await desktop.end('s1'), [true, 's1']);
    });
  }
}

test('messages that are sent at once, without acknowledgement, arrive in their order', async () => {
  const desktop = await fixture.streamingDesktop();
  fixture.pace.holdNext();
  const { socket } = desktop.desktop;
  socket.emit('stream-request', {
    streamId: 's',
    method: METHOD,
    payload: { participant: PARTICIPANT, textInput: QUESTION },
  });
  socket.emit('stream-request', {
    streamId: 's',
    payload: { participant: PARTICIPANT, cancelReactiveQuery: {} },
  });
  const messages = await desktop.answered('s');
  assert.is(messages.at(-1)?.status, 'CANCELLED');
  desktop.desktop.close();
});

test('a stream belongs to its socket: another cannot write into it or end it', async () => {
  const owner = await fixture.streamingDesktop();
  const other = await fixture.streamingDesktop();
  await owner.ask('s', QUESTION);
  assert.equal(await other.end('s'), [false, 'the stream is not open']);
  assert.equal(await other.request('s', { participant: PARTICIPANT, cancelReactiveQuery: {} }, null), [
    false,
    'method is not one that can be streamed',
  ]);
  await other.ask('s', 'refund');
  assert.equal((await owner.answered('s')).map(withoutTimes), CITED);
  assert.match(JSON.stringify(await other.answered('s')), /I can refund/);
  owner.desktop.close();
  other.desktop.close();
});

const ELSEWHERE = PARTICIPANT.replace(TEST_PROJECT, 'other-project');
const [PROJECT_PART = ''] = PARTICIPANT.split('/locations/');
const MALFORMED =
  '3 participant must be projects/PROJECT/locations/LOCATION/conversations/ID/participants/ID';
const NO_METHOD = '3 method is not one that can be streamed';
const ask = (participant: unknown) => ({ participant, textInput: 'secret question' });

const REFUSALS: [what: string, method: unknown, payload: unknown, told: string][] = [
  ['no method', null, ask(PARTICIPANT), NO_METHOD],
  ['an unknown method', 'streaming_analyze_content', ask(PARTICIPANT), NO_METHOD],
  ['the name of a property for a method', 'constructor', ask(PARTICIPANT), NO_METHOD],
  ['no payload', METHOD, undefined, '3 payload must be an object'],
  ['a list for a payload', METHOD, [], '3 payload must be an object'],
  ['no participant', METHOD, { textInput: 'hello' }, MALFORMED],
  [
    'a participant without a location',
    METHOD,
    ask(`${PROJECT_PART}/conversations/c-1/participants/agent`),
    MALFORMED,
  ],
  [
    'a conversation whose id has a space',
    METHOD,
    ask(PARTICIPANT.replace('c-1', 'c 1')),
    '3 expected projects/PROJECT/conversations/ID or projects/PROJECT/locations/LOCATION/conversations/ID',
  ],
  ['a conversation for a participant', METHOD, ask(CONVERSATION), MALFORMED],
  ['a location with a slash', METHOD, ask(PARTICIPANT.replace('europe-west2', 'x/y')), MALFORMED],
  [
    'a location that is too long for a host',
    METHOD,
    ask(PARTICIPANT.replace('europe-west2', 'a'.repeat(42))),
    '3 the location is not valid',
  ],
  ['a location that is a host', METHOD, ask(PARTICIPANT.replace('europe-west2', 'evil.com#')), MALFORMED],
  [
    'a participant of another project',
    METHOD,
    ask(ELSEWHERE),
    '7 the conversation belongs to another project',
  ],
  [
    'a participant whom Dialogflow does not know',
    METHOD,
    ask(`${PARTICIPANT}-2`),
    '3 Dialogflow does not know the participant, its conversation or the answer record',
  ],
  [
    'a conversation that Dialogflow does not know',
    METHOD,
    ask(PARTICIPANT.replace('c-1', 'c-2')),
    '3 Dialogflow does not know the participant, its conversation or the answer record',
  ],
  [
    'a quota that is used up',
    METHOD,
    { participant: PARTICIPANT, textInput: 'quota' },
    "8 Dialogflow's quota is used up: try again later",
  ],
];

for (const [what, method, payload, told] of REFUSALS) {
  test(`${what}: stream-error ${told.slice(0, 10)}`, async () => {
    const desktop = await fixture.streamingDesktop();
    const answer = await desktop.request('s', payload, method);
    await until(() => desktop.told.length > 0);
    assert.equal(desktop.told, [`s ${told}`]);
    // Dialogflow takes a message before it looks at it.
    const isOfDialogflow = told.includes('Dialogflow');
    if (!isOfDialogflow) assert.equal(answer, [false, told.slice(2)]);
    await sleep(30);
    assert.is(desktop.told.length, 1);
    assert.equal(desktop.data, []);
    desktop.desktop.close();
  });
}

for (const streamId of [undefined, '', 7, 'x'.repeat(129), null]) {
  test(`the id ${JSON.stringify(streamId)?.slice(0, 8)} is refused in the answer alone`, async () => {
    const desktop = await fixture.streamingDesktop();
    const reason = 'streamId must be a text of 1 to 128 characters';
    assert.equal(await desktop.request(streamId, ask(PARTICIPANT)), [false, reason]);
    assert.equal(await desktop.end(streamId), [false, reason]);
    assert.equal(await desktop.desktop.ask('stream-request'), [false, reason]);
    assert.equal(desktop.told, []);
  });
}

test('a later message for another participant ends the stream: 3', async () => {
  const desktop = await fixture.streamingDesktop();
  await desktop.ask('s', QUESTION);
  const reason = 'participant must be that of the first message';
  assert.equal(await desktop.request('s', ask(PARTICIPANT.replace('c-1', 'c-2'))), [false, reason]);
  assert.equal(desktop.told, [`s 3 ${reason}`]);
});

test('a supervisor, and a token without the conversation, are refused: 7', async () => {
  const supervisor = fixture.token('test:boss', { role: 'supervisor' });
  const stranger = fixture.token('test:agent', { conversations: [CONVERSATION.replace('c-1', 'c-2')] });
  const before = fixture.relay.log().length;
  for (const [token, told] of [
    [supervisor, 'a supervisor may only read'],
    [stranger, 'access to the conversation is denied'],
  ] as const) {
    const desktop = await fixture.streamingDesktop({ token });
    assert.equal(await desktop.ask('s', QUESTION), [false, told]);
    assert.equal(desktop.told, [`s 7 ${told}`]);
  }
  assert.is(
    fixture.relay
      .log()
      .slice(before)
      .match(/"audit":"refuse".*"refused":"write"/g)?.length,
    2,
  );
});

test('an eleventh stream of a connection is refused: 8', async () => {
  const desktop = await fixture.streamingDesktop();
  const ids = Array.from({ length: 10 }, (_, index) => `s${index}`);
  await Promise.all(ids.map((id) => desktop.ask(id, QUESTION)));
  const reason = 'a connection may have 10 open streams';
  assert.equal(await desktop.ask('s10', QUESTION), [false, reason]);
  await desktop.end('s3');
  assert.equal(await desktop.ask('s10', QUESTION), [true, 's10']);
  assert.equal(desktop.told, [`s10 8 ${reason}`]);
  desktop.desktop.close();
});

test('end-stream, a leave and a disconnect each end the stream at Dialogflow, silently', async () => {
  const desktop = await fixture.streamingDesktop();
  await desktop.ask('a', QUESTION);
  assert.equal(await desktop.end('a'), [true, 'a']);
  await noStreams();
  assert.equal(await desktop.end('a'), [false, 'the stream is not open']);

  await desktop.desktop.join(CONVERSATION);
  await desktop.ask('b', QUESTION);
  await desktop.desktop.ask('leave-conversation', CONVERSATION.replace('c-1', 'c-2'));
  assert.is(fixture.upstream, 1);
  await desktop.desktop.ask('leave-conversation', CONVERSATION);
  await noStreams();

  await desktop.ask('c', QUESTION);
  desktop.desktop.close();
  await noStreams();
  assert.equal(desktop.told, []);
});

test('an error of Dialogflow ends the stream, and its id can be used again', async () => {
  const desktop = await fixture.streamingDesktop();
  await desktop.ask('s', 'error');
  await until(() => desktop.told.length > 0);
  assert.equal(desktop.told, ['s 13 Dialogflow has an internal error']);
  assert.equal(await desktop.ask('s', QUESTION), [true, 's']);
  assert.equal((await desktop.answered('s')).map(withoutTimes), CITED);
  desktop.desktop.close();
});

test('each message is audited, and no log has a word of what was said', async () => {
  const before = fixture.relay.log().length;
  const desktop = await fixture.streamingDesktop();
  await desktop.ask('secret-stream', `secret ${QUESTION}`);
  await desktop.answered('secret-stream');
  await desktop.request('secret-stream', { participant: PARTICIPANT, textInput: 'secret error' });
  await until(() => desktop.told.length > 0);
  const log = fixture.relay.log().slice(before);
  const writes = log.split('\n').filter((line) => line.includes('"audit":"write"'));
  assert.is(writes.length, 2);
  const { outcome, route, conversation, sub } = JSON.parse(writes[0] ?? '');
  assert.equal(
    [outcome, route, conversation, sub],
    ['done', METHOD, `${PROJECT_PART}/conversations/c-1`, 'test:agent'],
  );
  assert.not.match(log, /secret|parcel|Returns|Deliveries/);
  desktop.desktop.close();
});

test.run();
