// The event log on a real Redis: what is retained, where it stands and how it is read.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EVENT_KINDS, type EventKind, INTERIM_KIND } from '../../../shared/event.ts';
import type { AppendResult } from '../../../shared/stream/event-log.ts';
import { ROOT_TAG } from '../../../shared/stream/position.ts';
import { LogFixture } from './log-fixture.ts';
import { makeEvent } from './make-event.ts';

const fixture = new LogFixture(test);

const RETAINED_KINDS = EVENT_KINDS.filter((kind) => kind !== INTERIM_KIND);

test('offsets begin at 1 and rise by one, in one epoch', async () => {
  const { name } = fixture.conversation();
  const results: AppendResult[] = [];
  for (let i = 0; i < 5; i++) results.push(await fixture.log.append(makeEvent(name)));
  assert.equal(
    results.map(({ outcome, position }) => [outcome, position.offset]),
    [1, 2, 3, 4, 5].map((offset) => ['appended', offset]),
  );
  assert.is(new Set(results.map(({ position }) => position.epoch)).size, 1);
  assert.match(results[0]?.position.epoch ?? '', /^[A-Za-z0-9_-]{8,32}$/);
});

test('an event is published and read with its position and the tag before it', async () => {
  const { name } = fixture.conversation();
  const listener = await fixture.subscribe(name);
  const events = RETAINED_KINDS.map((kind, i) => makeEvent(name, { kind, json: `{"data":"é漢😀\\n${i}"}` }));
  const results: AppendResult[] = [];
  for (const event of events) results.push(await fixture.log.append(event));
  await listener.settle();
  const expected = events.map(({ kind, messageId, json }, i) => ({
    type: 'event',
    position: results[i]?.position,
    previousTag: results[i - 1]?.position.tag ?? ROOT_TAG,
    kind,
    messageId,
    json,
  }));
  assert.equal(listener.messages(), expected);
  const page = await fixture.log.read(name, 0, 10);
  assert.equal(page.events, expected);
  assert.equal(page.top, results.at(-1)?.position);
  assert.is(new Set(results.map(({ position }) => position.tag)).size, 3);
});

test('a message that comes again keeps its position and is published once', async () => {
  const { name } = fixture.conversation();
  const listener = await fixture.subscribe(name);
  const event = makeEvent(name);
  const first = await fixture.log.append(event);
  assert.equal(await fixture.log.append({ ...event, json: '{"later":true}' }), {
    outcome: 'duplicate',
    position: first.position,
  });
  const second = await fixture.log.append(makeEvent(name));
  assert.equal(await fixture.log.append(event), { outcome: 'duplicate', position: second.position });
  await listener.settle();
  assert.is(listener.texts.length, 2);
  assert.is((await fixture.log.read(name, 0, 10)).events.length, 2);
});

test('a log that nobody has written has no epoch, and reading does not make one', async () => {
  const { name, keys } = fixture.conversation();
  for (const limit of [0, 10]) {
    assert.equal(await fixture.log.read(name, 0, limit), {
      top: { epoch: '', offset: 0, tag: ROOT_TAG },
      events: [],
      interims: 0,
      open: [],
    });
  }
  assert.is(await fixture.redis.exists(...Object.values(keys)), 0);
});

test('a log is read in pages, from after a given offset', async () => {
  const { name } = fixture.conversation();
  for (let i = 0; i < 10; i++) await fixture.log.append(makeEvent(name));
  const offsets = async (after: number, limit: number) => {
    const { top, events } = await fixture.log.read(name, after, limit);
    assert.is(top.offset, 10);
    return events.map(({ position }) => position.offset);
  };
  assert.equal(await offsets(0, 4), [1, 2, 3, 4]);
  assert.equal(await offsets(4, 4), [5, 6, 7, 8]);
  assert.equal(await offsets(8, 4), [9, 10]);
  assert.equal(await offsets(9, 1), [10]);
  assert.equal(await offsets(10, 4), []);
  assert.equal(await offsets(99, 4), []);
  assert.equal(await offsets(0, 0), [], 'limit 0 gives only the top');
  assert.equal(await offsets(3, 0), []);
});

test('exactly the newest events are kept', async () => {
  const { name } = fixture.conversation();
  const log = await fixture.logWith({ historySize: 3 });
  for (let i = 1; i <= 7; i++) {
    await log.append(makeEvent(name));
    const { events } = await log.read(name, 0, 100);
    const oldest = Math.max(1, i - 2);
    assert.equal(
      events.map(({ position }) => position.offset),
      Array.from({ length: i - oldest + 1 }, (_, n) => oldest + n),
    );
  }
});

test('with a history of 0 nothing is kept, and everything is published in order', async () => {
  const { name } = fixture.conversation();
  const log = await fixture.logWith({ historySize: 0 });
  const listener = await fixture.subscribe(name);
  const event = makeEvent(name);
  for (const each of [event, makeEvent(name), makeEvent(name), event]) await log.append(each);
  await listener.settle();
  assert.equal(
    listener.messages().map(({ position }) => position.offset),
    [1, 2, 3],
  );
  const { top, events } = await log.read(name, 0, 10);
  assert.equal([top.offset, events], [3, []]);
});

test('the keys live as long as documented, from the last event on', async () => {
  const { name, keys } = fixture.conversation();
  const log = await fixture.logWith({ historyTtlSeconds: 600 });
  const interim = { kind: INTERIM_KIND, utterance: { participant: 'p', message: 'm' } } as const;
  const steps: [more: object, kind: EventKind][] = [
    [{ closes: 'other' }, 'new-message-event'],
    [interim, INTERIM_KIND],
  ];
  for (const [more, kind] of steps) {
    for (const key of Object.values(keys)) await fixture.redis.expire(key, 50);
    await log.append(makeEvent(name, { ...more, kind }));
  }
  const ttls = Object.fromEntries(
    await Promise.all(
      Object.entries(keys).map(async ([part, key]) => [part, await fixture.redis.ttl(key)] as const),
    ),
  );
  const day = 86_400;
  const expected = { meta: 600 + day, interimIds: 600, interim: 120 };
  for (const [part, ttl] of Object.entries(expected)) {
    assert.ok(Math.abs((ttls[part] ?? 0) - ttl) <= 5, `${part} lives for ${ttls[part]} s`);
  }
  // An interim transcript is no event of the log, so what is kept for the sake of those does not live longer by it.
  for (const part of ['log', 'ids', 'over'])
    assert.ok((ttls[part] ?? 0) <= 50 && (ttls[part] ?? 0) > 0, part);
  await log.append(makeEvent(name, { closes: 'm2' }));
  assert.ok(Math.abs((await fixture.redis.ttl(keys.log)) - 600) <= 5);
  assert.ok(Math.abs((await fixture.redis.ttl(keys.ids)) - 600 - day) <= 5);
  assert.ok(Math.abs((await fixture.redis.ttl(keys.over)) - 600 - day) <= 5);
  assert.is(await fixture.redis.exists(keys.channel), 0);
});

test.run();
