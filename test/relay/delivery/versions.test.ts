// A relay and functions of this build on one Redis with a newer build of the same format, as during a rolling
// deployment: the newer one has added fields to everything that it writes, and a kind of event.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { conversationKeys } from '../../../shared/keys.ts';
import { toCursor } from '../../../shared/stream/position.ts';
import { makeEvent, makeInterim } from '../../helpers/events.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import '../../helpers/patient-redis.ts';

const fixture = relayFixture(test);

/** Appends and publishes as a newer build does. */
async function appendAsNewerBuild(conversation: ShortName, kind: string, id: string): Promise<void> {
  const keys = conversationKeys(conversation);
  const [epoch = 'newer', offset, previousTag] = (
    await fixture.redis.hmget(keys.meta, 'epoch', 'offset', 'tag')
  ).map((value) => value ?? undefined);
  const next = Number(offset ?? 0) + 1;
  const tag = `new${next}`;
  const header = `${kind} ${id} added also-added`;
  const json = JSON.stringify({ message_id: id, data: '{}', added: true });
  const previous = previousTag ?? '0';
  await fixture.redis
    .multi()
    .xadd(keys.log, `${next}-0`, 'h', header, 't', tag, 'p', previous, 'e', json, 'x', 'added')
    .hset(keys.meta, { epoch, offset: next, tag, added: '1' })
    .publish(keys.channel, `1e ${epoch} ${next} ${tag} ${previous} ${header}\n${json}`)
    .exec();
}

const KNOWN = 'new-message-event';
const UNKNOWN = 'kind-of-tomorrow-event';

/** Ids of what a desktop of this build is to get; `u…` are of an unknown kind. */
async function publishMixed(conversation: ShortName, letter: string): Promise<string[]> {
  const ours = makeEvent(conversation);
  const ourSecond = makeEvent(conversation);
  await appendAsNewerBuild(conversation, UNKNOWN, `u1${letter}`);
  await fixture.log.append(ours);
  await appendAsNewerBuild(conversation, KNOWN, `k1${letter}`);
  await appendAsNewerBuild(conversation, UNKNOWN, `u2${letter}`);
  await appendAsNewerBuild(conversation, UNKNOWN, `u3${letter}`);
  await fixture.log.append(ourSecond);
  await appendAsNewerBuild(conversation, UNKNOWN, `u4${letter}`);
  return [ours.messageId, `k1${letter}`, ourSecond.messageId];
}

test('desktops get what both builds write in order, without loss or reset', async () => {
  const conversation = uniqueConversation();
  const expected = await publishMixed(conversation, 'a');
  const byName = await fixture.desktop();
  const byCursor = await fixture.desktop();
  const native = await fixture.nativeDesktop();
  await byName.join(conversation);
  assert.equal((await byCursor.join({ conversation, after: '0' }))[2], { cursor: '0', recovered: true });
  const joined = await native.join(conversation, '0');
  assert.equal(joined.type === 'joined' && [joined.cursor, joined.recovered], ['0', true]);

  expected.push(...(await publishMixed(conversation, 'b')));
  // An interim transcript says at which position it was said: one that stood elsewhere would count as a gap.
  const interim = makeInterim(conversation, { message: 'm' });
  await fixture.log.append(interim);
  expected.push(interim.messageId);
  for (const desktop of [byName, byCursor, native]) {
    await desktop.received(expected.length);
    assert.equal(desktop.messageIds(), expected);
  }
  assert.equal(native.of('reset'), []);
  assert.ok(byCursor.socket.connected, 'a Socket.IO desktop would be disconnected for a reset');

  // A cursor behind an event of an unknown kind, before one, and the top, which is one.
  const { top, events } = await fixture.log.read(conversation, 0, 200);
  for (const [position, missed] of [
    [events[2]?.position, 5],
    [events[1]?.position, 6],
    [top, 1],
  ] as const) {
    const back = await fixture.nativeDesktop();
    const cursor = toCursor(position ?? top);
    const answer = await back.join(conversation, cursor);
    assert.equal(answer.type === 'joined' && [answer.cursor, answer.recovered], [cursor, true]);
    await back.received(missed);
    assert.equal(back.messageIds(), expected.slice(-missed));
  }
  assert.equal(
    fixture.relay
      .log()
      .split('\n')
      .filter((line) => line.includes('kinds of events that this one does not know')).length,
    1,
    'a warning, once',
  );
});

test('a lost message of an unknown kind is a gap that one read closes', async () => {
  const conversation = uniqueConversation();
  const native = await fixture.nativeDesktop();
  await native.join(conversation, '0');
  const first = makeEvent(conversation);
  await fixture.log.append(first);
  await native.received(1);
  const scripts = async () => {
    const calls = (await fixture.redis.info('commandstats')).matchAll(/cmdstat_evalsha(?:_ro)?:calls=(\d+)/g);
    return [...calls].reduce((sum, [, count]) => sum + Number(count), 0);
  };

  // Written, and not published.
  const keys = conversationKeys(conversation);
  const { top } = await fixture.log.read(conversation, 0, 0);
  await fixture.redis.xadd(keys.log, '2-0', 'h', `${UNKNOWN} 5`, 't', 'lost', 'p', top.tag, 'e', '{}');
  await fixture.redis.hset(keys.meta, { offset: 2, tag: 'lost' });
  const before = await scripts();
  const last = makeEvent(conversation);
  await fixture.log.append(last);
  await native.received(2);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(native.messageIds(), [first.messageId, last.messageId]);
  assert.equal(native.of('reset'), []);
  assert.is((await scripts()) - before, 2, 'the append and one read');
});

test('a build of another format is not met: it has other keys and another channel', async () => {
  const conversation = uniqueConversation();
  const other = (key: string) => key.replace('aar1:', 'aar2:');
  const keys = conversationKeys(conversation);
  const native = await fixture.nativeDesktop();
  await native.join(conversation, '0');
  await fixture.redis.hset(other(keys.meta), { epoch: 'other', offset: 9, tag: 't9' });
  await fixture.redis.xadd(other(keys.log), '9-0', 'h', 'x', 't', 't9', 'p', 't8', 'e', '{}');
  await fixture.redis.publish(other(keys.channel), `2e other 9 t9 t8 ${KNOWN} 5\n{}`);
  await fixture.redis.publish(keys.channel, `2e other 1 t1 0 ${KNOWN} 5\n{}`);
  const event = makeEvent(conversation);
  const { position } = await fixture.log.append(event);
  assert.is(position.offset, 1);
  await until(() => native.events.length > 0);
  await native.received(1);
  assert.equal(native.messageIds(), [event.messageId]);
  assert.equal(native.of('reset'), []);
  assert.ok(Object.values(keys).every((key) => key.startsWith('aar1:')));
});

test.run();
