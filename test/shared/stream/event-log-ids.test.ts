// How a message is recognised when it comes again.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EVENT_KINDS } from '../../../shared/event.ts';
import { messageMember } from '../../../shared/stream/event-log.ts';
import { LogFixture } from './log-fixture.ts';
import { makeEvent, makeInterim } from './make-event.ts';

const fixture = new LogFixture(test);

test('one message id in each kind, which Pub/Sub may give out, is four events', async () => {
  const { name } = fixture.conversation();
  const listener = await fixture.subscribe(name);
  for (const kind of EVENT_KINDS) {
    assert.is((await fixture.log.append(makeEvent(name, { kind, messageId: '77' }))).outcome, 'appended');
    assert.is((await fixture.log.append(makeEvent(name, { kind, messageId: '77' }))).outcome, 'duplicate');
  }
  await listener.settle();
  assert.equal(
    listener.messages().map(({ kind }) => kind),
    [...EVENT_KINDS],
  );
});

test('the ids of interim transcripts stay few, and late copies publish nothing', async () => {
  const { name, keys } = fixture.conversation();
  await fixture.log.append(makeEvent(name));
  const listener = await fixture.subscribe(name);
  // As many as in ten minutes at five a second; without an utterance, so that only their ids can tell.
  const interims = Array.from({ length: 3_000 }, () => {
    const { utterance: _, ...interim } = makeInterim(name, 1);
    return interim;
  });
  for (let start = 0; start < interims.length; start += 100) {
    // Two functions have got each of them, at the same time.
    const twice = interims.slice(start, start + 100).flatMap((interim) => [interim, interim]);
    const outcomes = await Promise.all(twice.map((interim) => fixture.log.append(interim)));
    assert.is(outcomes.filter(({ outcome }) => outcome === 'duplicate').length, 100);
  }
  assert.is(await fixture.redis.scard(keys.ids), 1, 'that of the event');
  for (const key of [keys.interimIds, keys.olderInterimIds]) {
    assert.is(await fixture.redis.call('OBJECT', 'ENCODING', key), 'intset');
    assert.ok(((await fixture.redis.memory('USAGE', key)) ?? 0) < 6_000);
  }
  for (const interim of interims.slice(-512)) {
    assert.is((await fixture.log.append(interim)).outcome, 'duplicate');
  }
  await listener.settle();
  assert.is(listener.texts.length, interims.length);
});

test('a copy of a forgotten interim transcript is known by its time or end', async () => {
  const { name, keys } = fixture.conversation();
  const first = makeInterim(name, 1);
  await fixture.log.append(first);
  await fixture.log.append(makeInterim(name, 2));
  await fixture.redis.del(keys.interimIds);
  assert.is((await fixture.log.append(first)).outcome, 'superseded');
  const last = makeInterim(name, 3, { closes: 'm' });
  await fixture.log.append(last);
  await fixture.redis.del(keys.interimIds, keys.interim);
  for (const each of [first, last]) assert.is((await fixture.log.append(each)).outcome, 'superseded');
});

test('one message id in two conversations is two events', async () => {
  for (const { name } of [fixture.conversation(), fixture.conversation()]) {
    assert.is((await fixture.log.append(makeEvent(name, { messageId: '5' }))).outcome, 'appended');
  }
});

test('messages without an id are all taken, because none can be told from another', async () => {
  const { name, keys } = fixture.conversation();
  for (const offset of [1, 2]) {
    const { outcome, position } = await fixture.log.append(makeEvent(name, { messageId: '' }));
    assert.equal([outcome, position.offset], ['appended', offset]);
  }
  assert.is(await fixture.redis.exists(keys.ids), 0);
  assert.is((await fixture.log.read(name, 0, 10)).events[1]?.messageId, '');
});

const ODD_IDS = [
  'a b',
  'a\nb',
  '%',
  '%zz',
  'é',
  '\ud800',
  '007',
  '7',
  '-7',
  '7.0',
  '0',
  '18446744073709551616',
];

test('message ids of any text are told apart, published and read back', async () => {
  const { name } = fixture.conversation();
  const listener = await fixture.subscribe(name);
  for (const messageId of ODD_IDS) {
    assert.is((await fixture.log.append(makeEvent(name, { messageId }))).outcome, 'appended', messageId);
    assert.is((await fixture.log.append(makeEvent(name, { messageId }))).outcome, 'duplicate', messageId);
  }
  await listener.settle();
  const expected = ODD_IDS.map((id) => id.replace('\ud800', '\ufffd'));
  assert.equal(
    listener.messages().map(({ messageId }) => messageId),
    expected,
  );
  const { events } = await fixture.log.read(name, 0, 100);
  assert.equal(
    events.map(({ messageId }) => messageId),
    expected,
  );
});

test('a real message id costs eight bytes of a set of integers', async () => {
  const { name, keys } = fixture.conversation();
  for (let i = 0; i < 200; i++) await fixture.log.append(makeEvent(name));
  assert.is(await fixture.redis.call('OBJECT', 'ENCODING', keys.ids), 'intset');
});

test('no two messages have the same member of the set', () => {
  const ids = [
    ...ODD_IDS.filter((id) => id !== '\ud800'),
    '1',
    '2',
    '3',
    '4',
    '10',
    '00',
    '1:7',
    '0:7',
    ' 7',
    '7 ',
  ];
  for (const power of [2n ** 53n, 2n ** 61n, 2n ** 63n, 2n ** 64n, 10n ** 18n]) {
    for (const near of [-2n, -1n, 0n, 1n, 2n]) ids.push(String(power + near));
  }
  const unique = [...new Set(ids)];
  const members = unique.flatMap((id) => EVENT_KINDS.map((kind) => messageMember(kind, id)));
  assert.is(new Set(members).size, unique.length * EVENT_KINDS.length);
  for (const member of members.filter((text) => /^\d+$/.test(text))) assert.ok(BigInt(member) < 2n ** 63n);
  assert.is(messageMember('new-message-event', ''), '');
});

test.run();
