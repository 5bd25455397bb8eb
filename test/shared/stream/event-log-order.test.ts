// Many writers at once: one message is one event, and the channel has the order of the log.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createEventLog } from '../../../shared/stream/event-log.ts';
import { ROOT_TAG } from '../../../shared/stream/position.ts';
import { HISTORY, LogFixture } from './log-fixture.ts';
import { makeEvent, makeInterim } from './make-event.ts';

const fixture = new LogFixture(test);

const writers = (count: number) =>
  Promise.all(Array.from({ length: count }, async () => createEventLog(await fixture.connect(), HISTORY)));

test('fifty appends of one message at once publish once, and all name its position', async () => {
  const { name } = fixture.conversation();
  const logs = await writers(5);
  for (const make of [() => makeEvent(name), () => makeInterim(name, 1)]) {
    const listener = await fixture.subscribe(name);
    const event = make();
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, i) => logs[i % logs.length]?.append(event)),
    );
    await listener.settle();
    assert.is(listener.texts.length, 1);
    assert.is(results.filter((result) => result?.outcome === 'appended').length, 1);
    assert.is(results.filter((result) => result?.outcome === 'duplicate').length, 49);
    assert.equal(new Set(results.map((result) => result?.position.offset)), new Set([1]));
  }
});

test('500 events of four writers are in log order, once, with chained tags', async () => {
  const { name } = fixture.conversation();
  const logs = await writers(4);
  const listener = await fixture.subscribe(name);
  const events = Array.from({ length: 500 }, (_, i) =>
    i % 5 === 4
      ? makeInterim(name, i % 60, { utterance: { participant: 'p', message: String(i) } })
      : makeEvent(name),
  );
  const results = await Promise.all(events.map((event, i) => logs[i % logs.length]?.append(event)));
  await listener.settle();
  assert.ok(results.every((result) => result?.outcome === 'appended'));

  const messages = listener.messages();
  assert.is(messages.length, 500);
  let last = { offset: 0, tag: ROOT_TAG };
  let sequence = 0;
  for (const message of messages) {
    if (message.type === 'event') {
      assert.is(message.position.offset, last.offset + 1);
      assert.is(message.previousTag, last.tag);
      last = message.position;
    } else {
      assert.is(message.sequence, ++sequence);
      assert.equal([message.position.offset, message.position.tag], [last.offset, last.tag]);
    }
  }
  assert.equal([last.offset, sequence], [400, 100]);

  const published = messages.filter(({ type }) => type === 'event');
  assert.equal((await fixture.log.read(name, 0, 1_000)).events, published);
  for (const [i, result] of results.entries()) {
    const { messageId } = events[i] ?? {};
    const message = messages.find((candidate) => candidate.messageId === messageId);
    assert.equal(message?.position, result?.position);
  }
});

test('writers of one conversation that begins get one epoch', async () => {
  const { name } = fixture.conversation();
  const results = await Promise.all((await writers(8)).map((log) => log.append(makeEvent(name))));
  assert.is(new Set(results.map(({ position }) => position.epoch)).size, 1);
  assert.equal(new Set(results.map(({ position }) => position.offset)), new Set([1, 2, 3, 4, 5, 6, 7, 8]));
});

test('the script is loaded again by a Redis that has forgotten it', async () => {
  const { name } = fixture.conversation();
  await fixture.log.append(makeEvent(name));
  await fixture.onEachServer((server) => server.script('FLUSH'));
  assert.is((await fixture.log.append(makeEvent(name))).position.offset, 2);
  await fixture.onEachServer((server) => server.script('FLUSH'));
  assert.is((await fixture.log.read(name, 0, 5)).events.length, 2);
});

test.run();
