// Interim transcripts: published but not retained, the newest of each open utterance kept for late joiners.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type AgentAssistEvent, INTERIM_KIND } from '../../../shared/event.ts';
import { ROOT_TAG } from '../../../shared/stream/position.ts';
import { LogFixture } from './log-fixture.ts';
import { makeEvent, makeInterim, utterance } from './make-event.ts';

const fixture = new LogFixture(test);

const verdictOn = async (event: AgentAssistEvent) => {
  const { outcome, reason } = await fixture.log.append(event);
  return [outcome, reason];
};
const outcomeOf = async (event: AgentAssistEvent) => (await fixture.log.append(event)).outcome;

test('an interim transcript takes no offset and is not retained', async () => {
  const { name, keys } = fixture.conversation();
  const listener = await fixture.subscribe(name);
  const before = await fixture.log.append(makeEvent(name));
  const interim = makeInterim(name, 1, { json: '{"data":"uh é"}', messageId: 'a b' });
  const during = await fixture.log.append(interim);
  assert.equal(during, { outcome: 'appended', position: before.position });
  const after = await fixture.log.append(makeEvent(name));
  assert.is(after.position.offset, 2);
  await listener.settle();
  const [, published, last] = listener.messages();
  assert.equal(published, {
    type: 'interim',
    position: before.position,
    sequence: 1,
    kind: INTERIM_KIND,
    messageId: 'a b',
    json: '{"data":"uh é"}',
  });
  assert.is(last?.type === 'event' && last.previousTag, before.position.tag);
  assert.is(await fixture.redis.xlen(keys.log), 2);
});

test('an interim transcript first in a log has an epoch and the offset 0', async () => {
  const { name } = fixture.conversation();
  const { position } = await fixture.log.append(makeInterim(name, 1));
  assert.equal([position.offset, position.tag], [0, ROOT_TAG]);
  assert.equal((await fixture.log.read(name, 0, 10)).top, position);
  const next = await fixture.log.append(makeEvent(name));
  assert.equal([next.position.epoch, next.position.offset], [position.epoch, 1]);
  const [event] = (await fixture.log.read(name, 0, 10)).events;
  assert.is(event?.previousTag, ROOT_TAG);
});

test('the sequence of interim transcripts rises by one whatever lies between', async () => {
  const { name } = fixture.conversation();
  const listener = await fixture.subscribe(name);
  await fixture.log.append(makeInterim(name, 1));
  await fixture.log.append(makeEvent(name));
  await fixture.log.append(makeInterim(name, 2, { utterance: { participant: 'q', message: 'n' } }));
  await fixture.log.append(makeInterim(name, 3));
  await listener.settle();
  const sequences = listener.messages().flatMap((each) => (each.type === 'interim' ? [each.sequence] : []));
  assert.equal(sequences, [1, 2, 3]);
  assert.is((await fixture.log.read(name, 0, 0)).interims, 3);
});

test('one that was published earlier than the last of its utterance is dropped', async () => {
  const { name } = fixture.conversation();
  const listener = await fixture.subscribe(name);
  assert.is(await outcomeOf(makeInterim(name, 5)), 'appended');
  assert.equal(await verdictOn(makeInterim(name, 4)), ['superseded', 'stale']);
  assert.equal(await verdictOn(makeInterim(name, 5)), ['appended', undefined], 'equal times pass');
  assert.is(await outcomeOf(makeInterim(name, 4, utterance('another'))), 'appended');
  assert.is(await outcomeOf(makeInterim(name, 4, utterance('m', 'q'))), 'appended');
  await listener.settle();
  assert.is(listener.texts.length, 4);
  assert.is((await fixture.log.read(name, 0, 0)).interims, 4);
});

test('times of different precision are compared as times', async () => {
  const { name } = fixture.conversation();
  const at = (publishTime: string) => outcomeOf(makeInterim(name, 0, { publishTime }));
  assert.is(await at('2026-03-12T11:20:05.3Z'), 'appended');
  assert.is(await at('2026-03-12T11:20:05.300Z'), 'appended');
  assert.is(await at('2026-03-12T11:20:05.29Z'), 'superseded');
  assert.is(await at('2026-03-12T11:20:05Z'), 'superseded');
  assert.is(await at('2026-03-12T11:20:05.300000001Z'), 'appended');
});

test('one whose time is unknown is never dropped for it, nor another because of it', async () => {
  const { name } = fixture.conversation();
  for (const publishTime of [
    '2026-03-12T11:20:05Z',
    'soon',
    '2026-03-12T11:20:01Z',
    '',
    '2026-03-12T11:20:00Z',
  ]) {
    assert.is(await outcomeOf(makeInterim(name, 0, { publishTime })), 'appended', publishTime);
  }
  assert.is((await fixture.openIn(name)).length, 1);
});

test('one without attributes is published and neither kept nor dropped', async () => {
  const { name, keys } = fixture.conversation();
  const listener = await fixture.subscribe(name);
  for (const second of [5, 4, 3]) {
    const { utterance: _none, ...event } = makeInterim(name, second);
    assert.is(await outcomeOf(event), 'appended');
  }
  await listener.settle();
  assert.is(listener.texts.length, 3);
  assert.is(await fixture.redis.exists(keys.interim), 0);
});

test('an interim transcript that Pub/Sub delivers again is published once', async () => {
  const { name } = fixture.conversation();
  const listener = await fixture.subscribe(name);
  const first = makeInterim(name, 1);
  assert.is(await outcomeOf(first), 'appended');
  assert.is(await outcomeOf(first), 'duplicate');
  assert.is(await outcomeOf(makeInterim(name, 2)), 'appended');
  assert.is(await outcomeOf(first), 'duplicate');
  await listener.settle();
  assert.is(listener.texts.length, 2);
});

test('a final result is published and ends its utterance; later ones drop', async () => {
  const { name } = fixture.conversation();
  const listener = await fixture.subscribe(name);
  await fixture.log.append(makeInterim(name, 1));
  await fixture.log.append(makeInterim(name, 1, utterance('other')));
  assert.is(await outcomeOf(makeInterim(name, 2, { closes: 'm' })), 'appended');
  assert.is(await outcomeOf(makeInterim(name, 3)), 'superseded');
  assert.is(await outcomeOf(makeInterim(name, 3, { closes: 'm' })), 'superseded');
  await listener.settle();
  assert.is(listener.texts.length, 3);
  const { open } = await fixture.log.read(name, 0, 10);
  assert.equal(
    open.map(({ sequence }) => sequence),
    [2],
  );
});

test('a final result that is the first of its utterance is not kept as open', async () => {
  const { name } = fixture.conversation();
  assert.is(await outcomeOf(makeInterim(name, 1, { closes: 'm' })), 'appended');
  assert.equal(await fixture.openIn(name), []);
});

test('the message of an utterance ends it under any name of its participant', async () => {
  const { name } = fixture.conversation();
  const full = `${name}/participants/p`;
  await fixture.log.append(makeInterim(name, 1, utterance('m-1', full)));
  await fixture.log.append(makeInterim(name, 1, utterance('m-1', 'p')));
  await fixture.log.append(makeInterim(name, 1, utterance('xm-1', 'p')));
  assert.is(await outcomeOf(makeEvent(name, { closes: 'm-1' })), 'appended');
  const { open } = await fixture.log.read(name, 0, 10);
  assert.equal(
    open.map(({ sequence }) => sequence),
    [3],
    'an id that only ends alike stays open',
  );
  assert.is(await outcomeOf(makeInterim(name, 9, utterance('m-1', 'somebody'))), 'superseded');
  assert.is(await outcomeOf(makeInterim(name, 9, utterance('xm-1', 'p'))), 'appended');
});

test('a message before every interim transcript of its utterance ends it', async () => {
  const { name } = fixture.conversation();
  await fixture.log.append(makeEvent(name, { closes: 'm' }));
  const late = makeInterim(name, 1);
  assert.equal(await verdictOn(late), ['superseded', 'over']);
  assert.is(await outcomeOf(late), 'superseded', 'and again when it is delivered again');
  assert.equal(await fixture.openIn(name), []);
});

test('the message of an utterance is taken after its final result', async () => {
  const { name } = fixture.conversation();
  await fixture.log.append(makeInterim(name, 2, { closes: 'm' }));
  const { outcome, position } = await fixture.log.append(makeEvent(name, { closes: 'm' }));
  assert.equal([outcome, position.offset], ['appended', 1]);
});

test.run();
