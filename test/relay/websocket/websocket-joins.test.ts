import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EVENT_KINDS } from '../../../shared/event.ts';
import { uniqueConversation, withLocation } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import '../../helpers/patient-redis.ts';

const fixture = relayFixture(test, { relays: 2 });

test('a join is answered before its events, and the replay before new ones', async () => {
  const conversation = uniqueConversation();
  const ids = Array.from({ length: 500 }, (_, index) => String(index + 1));
  await fixture.publishAll(conversation, ids.slice(0, 450));
  const desktop = await fixture.nativeDesktop();
  const asked = desktop.join(withLocation(conversation, 'us-central1'), '0');
  await fixture.publishAll(conversation, ids.slice(450));
  assert.equal({ ...(await asked), id: 0 }, {
    type: 'joined',
    id: 0,
    conversation,
    cursor: '0',
    recovered: true,
  } as never);
  await desktop.received(500);
  assert.is(desktop.frames[1]?.type, 'joined');
  assert.equal(desktop.messageIds(), ids);
});

test("the four kinds are frames with the envelope's fields and the cursor last", async () => {
  const conversation = uniqueConversation();
  const desktop = await fixture.nativeDesktop();
  await desktop.join(conversation);
  for (const kind of EVENT_KINDS) {
    const isInterim = kind === 'new-recognition-result-notification-event';
    if (isInterim) await fixture.publishInterim(conversation, { message: 'm1' });
    else await fixture.publish(conversation, { kind, data: { text: 'déjà "vu"\u2028\n😀' } });
  }
  const events = await desktop.received(4);
  assert.equal(
    events.map((event) => event.data_type),
    [...EVENT_KINDS],
  );
  const common = ['conversation_name', 'data', 'data_type', 'ack_time', 'publish_time', 'message_id'];
  for (const event of events) {
    const isInterim = event.data_type === 'new-recognition-result-notification-event';
    const more = isInterim ? ['participant_role', 'new_recognition_result_message_id'] : [];
    assert.equal(Object.keys(event), [...common, ...more, 'cursor']);
  }
  assert.is(JSON.parse(events[0]?.data ?? '').text, 'déjà "vu"\u2028\n😀');
  for (const frame of desktop.of('event')) assert.equal(Object.keys(frame), ['type', 'event']);
});

test('without a cursor only what comes is sent, and the answer says where that starts', async () => {
  const conversation = uniqueConversation();
  const { position } = await fixture.publish(conversation, { messageId: '1' });
  const desktop = await fixture.nativeDesktop();
  const answer = await desktop.join(conversation);
  assert.ok(answer.type === 'joined');
  assert.is(answer.cursor, `${position.epoch}.1.${position.tag}`);
  assert.is(answer.recovered, true);
  await fixture.publish(conversation, { messageId: '2' });
  await desktop.received(1);
  assert.equal(desktop.messageIds(), ['2']);
});

test('the cursor of an event, or of an answer, goes on behind it on another relay', async () => {
  const conversation = uniqueConversation();
  const first = await fixture.nativeDesktop();
  const joined = await first.join(conversation);
  await fixture.publishAll(conversation, ['1', '2', '3']);
  await first.received(3);

  for (const [after, expected] of [
    [first.events[0]?.cursor, ['2', '3']],
    [joined.type === 'joined' ? joined.cursor : '', ['1', '2', '3']],
    [first.events[2]?.cursor, []],
  ] as const) {
    const second = await fixture.nativeDesktop({ relay: fixture.otherRelay });
    const answer = await second.join(conversation, after);
    assert.ok(answer.type === 'joined');
    assert.equal([answer.cursor, answer.recovered], [after, true]);
    await second.received(expected.length);
    assert.equal(second.messageIds(), [...expected]);
  }
});

test('after leave nothing comes, and a join from a cursor works again', async () => {
  const conversation = uniqueConversation();
  const desktop = await fixture.nativeDesktop();
  await desktop.join(conversation);
  await fixture.publish(conversation, { messageId: '1' });
  await desktop.received(1);
  assert.is((await desktop.leave(withLocation(conversation, 'us-central1'))).type, 'left');
  await fixture.publish(conversation, { messageId: '2' });
  await desktop.received(1);
  assert.is(desktop.events.length, 1);
  await desktop.join(conversation, desktop.events[0]?.cursor);
  await desktop.received(2);
  assert.equal(desktop.messageIds(), ['1', '2']);
});

test('overtaking requests are each answered once, and the last one counts', async () => {
  const conversation = uniqueConversation();
  await fixture.publish(conversation, { messageId: '1' });
  const desktop = await fixture.nativeDesktop();
  const join = (id: string, after?: string) => desktop.send({ type: 'join', id, conversation, after });
  join('overtaken', '0');
  desktop.send({ type: 'leave', id: 'leave', conversation });
  join('replaced', '0');
  join('kept', '0');
  await desktop.received(1);
  const answers = desktop.frames.flatMap((frame) =>
    'id' in frame ? [`${frame.id}: ${frame.type === 'error' ? frame.code : frame.type}`] : [],
  );
  assert.equal(answers.sort(), [
    'kept: joined',
    'leave: left',
    'overtaken: not-joined',
    'replaced: not-joined',
  ]);
  await fixture.publish(conversation, { messageId: '2' });
  await desktop.received(2);
  assert.equal(desktop.messageIds(), ['1', '2']);
});

test('two connections of one token are two desktops with separate joins', async () => {
  const conversation = uniqueConversation();
  const [one, two] = [
    await fixture.nativeDesktop(),
    await fixture.nativeDesktop({ relay: fixture.otherRelay }),
  ];
  await one.join(conversation);
  await two.join(conversation);
  await fixture.publish(conversation, { messageId: '1' });
  await one.received(1);
  await two.received(1);
  await one.leave(conversation);
  await fixture.publish(conversation, { messageId: '2' });
  await two.received(2);
  one.close();
  await fixture.publish(conversation, { messageId: '3' });
  await two.received(3);
  assert.equal(one.messageIds(), ['1']);
  assert.equal(two.messageIds(), ['1', '2', '3']);
});

test('200 viewers get identical bytes with the event of a Socket.IO desktop', async () => {
  const conversation = uniqueConversation();
  const socketIo = await fixture.desktop();
  await socketIo.join(conversation);
  const tokens = Array.from({ length: 200 }, (_, index) => fixture.token(`test:agent-${index}`));
  const viewers = await Promise.all(tokens.map((token) => fixture.nativeDesktop({ token })));
  await Promise.all(viewers.map((viewer) => viewer.join(conversation)));
  await fixture.publish(conversation, { data: { text: 'x'.repeat(70_000) } });
  await fixture.publishInterim(conversation, { message: 'm' });
  await until(() => viewers.every((viewer) => viewer.events.length === 2));
  const [first] = viewers;
  for (const viewer of viewers) {
    for (const index of [-2, -1]) {
      assert.ok(viewer.payloads.at(index)?.equals(first?.payloads.at(index) ?? Buffer.alloc(0)));
    }
  }
  assert.equal(await socketIo.received(2), first?.events as never);
});

test('nothing of what was said is in the log', () => {
  assert.not.match(fixture.relays.map((relay) => relay.log()).join(''), /vu|eyJ|xxxx/);
});

test.run();
