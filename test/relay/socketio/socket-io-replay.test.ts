// What a desktop is sent first when it joins, by what it asks for and by what is retained.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { uniqueConversation } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import '../../helpers/patient-redis.ts';

const fixture = relayFixture(test, { relays: 2 });

test('a first join gets the conversation, then the open interim, then live events', async () => {
  const conversation = uniqueConversation();
  await fixture.publishAll(conversation, ['1', '2']);
  await fixture.publishInterim(
    conversation,
    { message: 'u1' },
    { messageId: '3', publishTime: '2026-11-24T10:00:00Z' },
  );
  await fixture.publishInterim(
    conversation,
    { message: 'u1' },
    { messageId: '4', publishTime: '2026-11-24T10:00:01Z' },
  );
  const desktop = await fixture.desktop();
  await desktop.join(conversation);
  await fixture.publish(conversation, { messageId: '5' });
  await desktop.received(4);
  assert.equal(desktop.messageIds(), ['1', '2', '4', '5']);
});

test('REPLAY_ON_JOIN=none gives only what comes', async () => {
  const relay = await fixture.startRelay({ settings: { REPLAY_ON_JOIN: 'none' } });
  const conversation = uniqueConversation();
  await fixture.publish(conversation, { messageId: '1' });
  const desktop = await fixture.desktop({ relay });
  await desktop.join(conversation);
  await fixture.publish(conversation, { messageId: '2' });
  await desktop.received(1);
  assert.equal(desktop.messageIds(), ['2']);
});

test('a join with a cursor goes on behind it, and "0" starts at the beginning', async () => {
  const conversation = uniqueConversation();
  await fixture.publishAll(conversation, ['1', '2', '3']);
  const first = await fixture.desktop();
  const [ok, name, answer] = await first.join({ conversation, after: '0' });
  assert.equal([ok, name], [true, conversation]);
  assert.equal(Object.keys(answer as object), ['cursor', 'recovered']);
  await first.received(3);
  assert.equal(first.messageIds(), ['1', '2', '3']);

  const second = await fixture.desktop({ relay: fixture.otherRelay });
  const cursor = first.events[1]?.cursor;
  assert.equal(await second.join({ conversation, after: cursor }), [
    true,
    conversation,
    { cursor, recovered: true },
  ]);
  await second.received(1);
  assert.equal(second.messageIds(), ['3']);

  const live = await fixture.desktop();
  const [, , liveAnswer] = await live.join({ conversation });
  assert.equal(liveAnswer, { cursor: first.events[2]?.cursor, recovered: true });
  await fixture.publish(conversation, { messageId: '4' });
  for (const desktop of [first, second, live]) await desktop.received(1);
  assert.equal(live.messageIds(), ['4']);
});

test('a cursor of a lost life of the log is not recovered, and what there is comes', async () => {
  const conversation = uniqueConversation();
  await fixture.publish(conversation, { messageId: '1' });
  const desktop = await fixture.desktop();
  const [, , answer] = await desktop.join({ conversation, after: 'gone.7.abc' });
  assert.is((answer as { recovered: boolean }).recovered, false);
  await desktop.received(1);
  assert.equal(desktop.messageIds(), ['1']);
});

test.run();
