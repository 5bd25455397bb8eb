// HISTORY_SIZE=0: nothing can be had again, and every desktop that missed something is told.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { conversationKeys } from '../../../shared/keys.ts';
import { toCursor } from '../../../shared/stream/position.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import '../../helpers/patient-redis.ts';

const fixture = relayFixture(test, { settings: { HISTORY_SIZE: '0' } }, { history: { historySize: 0 } });

/** Publishes so many events; resolves with their ids and the cursor of the last. */
async function publish(
  conversation: ShortName,
  count: number,
): Promise<{ ids: string[]; cursors: string[] }> {
  const ids: string[] = [];
  const cursors: string[] = [];
  for (let n = 0; n < count; n++) {
    const { messageId, position } = await fixture.publish(conversation);
    ids.push(messageId);
    cursors.push(toCursor(position));
  }
  return { ids, cursors };
}

/** An event that the log takes and that no relay hears of. */
async function publishUnheard(conversation: ShortName): Promise<void> {
  const { top } = await fixture.log.read(conversation, 0, 0);
  await fixture.redis.hset(conversationKeys(conversation).meta, { offset: top.offset + 1, tag: 'unheard' });
}

/** What a join after `cursor` is answered, on either protocol. */
async function answersTo(conversation: ShortName, after: string) {
  const [native, desktop] = [await fixture.nativeDesktop(), await fixture.desktop()];
  const frame = await native.join(conversation, after);
  const [, , answer] = await desktop.join({ conversation, after });
  assert.is(frame.type, 'joined');
  const { cursor, recovered } = frame as typeof frame & { cursor: string; recovered: boolean };
  assert.equal(answer, { cursor, recovered });
  return { native, desktop, cursor, recovered };
}

test('nothing of what was said rests in Redis', async () => {
  const conversation = uniqueConversation();
  await publish(conversation, 5);
  assert.is(await fixture.redis.xlen(conversationKeys(conversation).log), 0);
});

test('a join after the top has missed nothing, and goes on live', async () => {
  const conversation = uniqueConversation();
  const { cursors } = await publish(conversation, 3);
  const top = cursors[2] ?? '';
  const { native, desktop, cursor, recovered } = await answersTo(conversation, top);
  assert.equal([cursor, recovered], [top, true]);
  const { ids } = await publish(conversation, 2);
  await native.received(2);
  await desktop.received(2);
  assert.equal(native.messageIds(), ids);
  assert.equal(desktop.messageIds(), ids);
});

test('a join after "0" before anything was said has missed nothing', async () => {
  const conversation = uniqueConversation();
  const { native, desktop, cursor, recovered } = await answersTo(conversation, '0');
  assert.equal([cursor, recovered], ['0', true]);
  const { ids } = await publish(conversation, 3);
  await native.received(3);
  await desktop.received(3);
  assert.equal(native.messageIds(), ids);
  assert.equal(desktop.messageIds(), ids);
  assert.equal(native.of('reset'), []);
});

for (const from of ['0', 'an older cursor']) {
  test(`a join after ${from} is told that something is missing, and goes on live`, async () => {
    const conversation = uniqueConversation();
    const { cursors } = await publish(conversation, 3);
    const after = from === '0' ? '0' : (cursors[1] ?? '');
    const { native, desktop, cursor, recovered } = await answersTo(conversation, after);
    assert.equal([cursor, recovered], [cursors[2], false]);
    const { ids } = await publish(conversation, 2);
    await native.received(2);
    await desktop.received(2);
    assert.equal(native.messageIds(), ids);
    assert.equal(desktop.messageIds(), ids);
  });
}

test('a join by name is let in and gets what comes', async () => {
  const conversation = uniqueConversation();
  await publish(conversation, 3);
  const desktop = await fixture.desktop();
  assert.equal(await desktop.join(conversation), [true, conversation]);
  const { ids } = await publish(conversation, 4);
  await desktop.received(4);
  assert.equal(desktop.messageIds(), ids);
  assert.ok(desktop.socket.connected);
});

test('a lost live event is told by a reset, and delivery goes on after it', async () => {
  const conversation = uniqueConversation();
  const { native, desktop } = await answersTo(conversation, '0');
  const byName = await fixture.desktop();
  await byName.join(conversation);
  let disconnects = 0;
  desktop.socket.on('disconnect', () => disconnects++);
  const first = await publish(conversation, 2);
  for (const each of [native, desktop, byName]) await each.received(2);

  await publishUnheard(conversation);
  const second = await publish(conversation, 1); // shows the gap, and is itself not to be had any more
  await until(() => native.of('reset').length > 0 && disconnects > 0);
  assert.equal(
    native.of('reset').map(({ cursor }) => cursor),
    second.cursors,
  );
  assert.is(disconnects, 1, 'a Socket.IO desktop with cursors is told by its next join');
  await until(() => desktop.socket.connected);
  const after = desktop.events.at(-1)?.cursor;
  assert.equal((await desktop.join({ conversation, after }))[2], {
    cursor: second.cursors[0],
    recovered: false,
  });

  const third = await publish(conversation, 2);
  for (const each of [native, desktop, byName]) {
    await each.received(4);
    assert.equal(each.messageIds(), [...first.ids, ...third.ids]);
  }
  assert.is(native.of('reset').length, 1);
});

test.run();
