import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EVENT_KINDS } from '../../../shared/event.ts';
import { CLIENTS, type ClientVersion, type TestDesktop } from '../../helpers/desktop.ts';
import { makeEvent, makeInterim } from '../../helpers/events.ts';
import { TEST_PROJECT, uniqueConversation, withLocation } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import '../../helpers/patient-redis.ts';

const fixture = relayFixture(test, { relays: 2 });

for (const client of Object.keys(CLIENTS) as ClientVersion[]) {
  for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']] as const) {
    test(`client ${client} over ${transports.join(', ')} joins and gets the four kinds`, async () => {
      const conversation = uniqueConversation();
      const desktop = await fixture.desktop({ client, transports: [...transports] });
      assert.equal(await desktop.join(withLocation(conversation, 'us-central1')), [true, conversation]);

      for (const kind of EVENT_KINDS) {
        const event =
          kind === 'new-recognition-result-notification-event'
            ? makeInterim(conversation, { message: 'm1' })
            : makeEvent(conversation, { kind, data: { text: 'déjà "vu"\u2028\n😀' } });
        await fixture.log.append(event);
      }
      const events = await desktop.received(4);
      assert.equal(
        events.map((event) => event.data_type),
        [...EVENT_KINDS],
      );
      const common = ['conversation_name', 'data', 'data_type', 'ack_time', 'publish_time', 'message_id'];
      for (const event of events) {
        const isInterim = event.data_type === 'new-recognition-result-notification-event';
        assert.equal(Object.keys(event), [
          ...common,
          ...(isInterim ? ['participant_role', 'new_recognition_result_message_id'] : []),
          'cursor',
        ]);
        assert.is(event.conversation_name, conversation);
        assert.is(JSON.parse(event.data).conversation, withLocation(conversation));
      }
      assert.is(JSON.parse(events[0]?.data ?? '').text, 'déjà "vu"\u2028\n😀');
    });
  }
}

test('viewers on two relays receive, and one that leaves does not silence the others', async () => {
  const conversation = uniqueConversation();
  const viewers = await Promise.all([
    fixture.desktop(),
    fixture.desktop(),
    fixture.desktop({ relay: fixture.otherRelay }),
  ]);
  for (const viewer of viewers) await viewer.join(conversation);
  await fixture.publish(conversation, { messageId: '1' });
  for (const viewer of viewers) await viewer.received(1);

  const [leaving, staying, remote] = viewers as [TestDesktop, TestDesktop, TestDesktop];
  assert.equal(await leaving.ask('leave-conversation', withLocation(conversation, 'us-central1')), [
    true,
    conversation,
  ]);
  await fixture.publish(conversation, { messageId: '2' });
  await staying.received(2);
  await remote.received(2);
  staying.socket.io.engine.close();
  await fixture.publish(conversation, { messageId: '3' });
  await remote.received(3);
  assert.equal(leaving.messageIds(), ['1']);
  assert.equal(remote.messageIds(), ['1', '2', '3']);
});

test('joining twice delivers once', async () => {
  const conversation = uniqueConversation();
  const desktop = await fixture.desktop();
  const answers = await Promise.all([
    desktop.join(conversation),
    desktop.join(withLocation(conversation, 'us-central1')),
  ]);
  assert.equal(answers, [
    [true, conversation],
    [true, conversation],
  ]);
  await fixture.publish(conversation);
  assert.is((await desktop.received(1)).length, 1);
});

const BAD_ARGUMENTS: [string, unknown[]][] = [
  ['a number', [5]],
  ['null', [null]],
  ['a list', [['projects/p/conversations/c']]],
  ['an object without a conversation', [{}]],
  ['nothing', []],
  ['two arguments', [`projects/${TEST_PROJECT}/conversations/c`, 'more']],
  ['the empty string', ['']],
  ['a participant', [`projects/${TEST_PROJECT}/locations/global/conversations/c/participants/x`]],
  ['a trailing slash', [`projects/${TEST_PROJECT}/locations/global/conversations/c/`]],
  ['another project', ['projects/other/conversations/c']],
  ['a key of something else', ['5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5']],
  ['a malformed cursor', [{ conversation: `projects/${TEST_PROJECT}/conversations/c`, after: 'x' }]],
  ['a cursor that is a number', [{ conversation: `projects/${TEST_PROJECT}/conversations/c`, after: 1 }]],
];
for (const [name, parameters] of BAD_ARGUMENTS) {
  test(`a join with ${name} gets false and a reason`, async () => {
    const desktop = await fixture.desktop();
    const answer = await desktop.ask('join-conversation', ...parameters);
    assert.is(answer.length, 2);
    assert.is(answer[0], false);
    assert.type(answer[1], 'string');
    const conversation = uniqueConversation();
    assert.equal(await desktop.join(conversation), [true, conversation]);
  });
}

test("emitWithAck with ack: 'object' resolves with all of the answer", async () => {
  const conversation = uniqueConversation();
  await fixture.publish(conversation, { messageId: '1' });
  const { socket } = await fixture.desktop();
  const ask = (argument: object) => socket.emitWithAck('join-conversation', { ...argument, ack: 'object' });
  const answer = await ask({ conversation, after: '0' });
  assert.equal(Object.keys(answer), ['joined', 'conversation', 'cursor', 'recovered']);
  assert.equal([answer.joined, answer.conversation, answer.recovered], [true, conversation, true]);
  assert.equal(await ask({ conversation: 'projects/other/conversations/c' }), {
    joined: false,
    reason: 'the conversation belongs to another project',
  });
  assert.is(await socket.emitWithAck('join-conversation', { conversation: 5 }), false);
});

test('a join and a leave without an acknowledgement do no harm', async () => {
  const conversation = uniqueConversation();
  const desktop = await fixture.desktop();
  desktop.socket.emit('join-conversation', 5);
  desktop.socket.emit('leave-conversation');
  desktop.socket.emit('join-conversation', conversation);
  desktop.socket.emit('no-such-event', conversation);
  await desktop.join(conversation);
  await fixture.publish(conversation);
  assert.is((await desktop.received(1)).length, 1);
});

test('leaving a conversation that was never joined is acknowledged', async () => {
  const conversation = uniqueConversation();
  assert.equal(await (await fixture.desktop()).ask('leave-conversation', conversation), [true, conversation]);
});

test('a leave that overtakes its join ends with nothing delivered', async () => {
  const conversation = uniqueConversation();
  const desktop = await fixture.desktop();
  const [joined, left] = await Promise.all([
    desktop.join(conversation),
    desktop.ask('leave-conversation', conversation),
  ]);
  assert.is(joined[0], false);
  assert.equal(left, [true, conversation]);
  await fixture.publish(conversation);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.is(desktop.events.length, 0);
});

test('the presence key of a joined conversation has its short name and expires', async () => {
  const conversation = uniqueConversation();
  const desktop = await fixture.desktop();
  await desktop.join(conversation);
  const ttl = await fixture.redis.ttl(conversation);
  assert.ok(ttl > 60 && ttl <= 90, `ttl is ${ttl}`);
  assert.is(await fixture.redis.type(conversation), 'string');
  await desktop.ask('leave-conversation', conversation);
  assert.is(await fixture.redis.exists(conversation), 1);
});

test('killing the pub/sub connections again and again loses and repeats nothing', async () => {
  const conversation = uniqueConversation();
  const viewers = await Promise.all([fixture.desktop(), fixture.desktop({ relay: fixture.otherRelay })]);
  for (const viewer of viewers) await viewer.join(conversation);
  const expected: string[] = [];
  for (let index = 0; index < 300; index++) {
    if (index % 30 === 10) await fixture.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    const event = makeEvent(conversation);
    expected.push(event.messageId);
    await fixture.log.append(event);
    if (index % 7 === 0) await fixture.log.append(event);
    if (index % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  for (const viewer of viewers) {
    await viewer.received(300);
    assert.equal(viewer.messageIds(), expected);
  }
});

test('nothing of what was said is in the log', () => {
  assert.not.match(fixture.relays.map((relay) => relay.log()).join(''), /vu|well|eyJ/);
});

test.run();
