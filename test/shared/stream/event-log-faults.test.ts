// A failed append leaves nothing behind, and a log that lost its data begins a new life.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ShortName } from '../../../shared/conversation-name.ts';
import type { AgentAssistEvent } from '../../../shared/event.ts';
import type { ConversationKeys } from '../../../shared/keys.ts';
import { ROOT_TAG } from '../../../shared/stream/position.ts';
import { LogFixture } from './log-fixture.ts';
import { makeEvent, makeInterim } from './make-event.ts';

const fixture = new LogFixture(test);

type KeyPart = Exclude<keyof ConversationKeys, 'channel'>;
const PARTS: KeyPart[] = ['meta', 'log', 'ids', 'interimIds', 'olderInterimIds', 'interim', 'over'];

/** Everything stored of a conversation, without the times to live, which pass by themselves. */
async function stored(keys: ConversationKeys): Promise<Record<string, string | null>> {
  const dumps = PARTS.map(async (part) => {
    const dump = await fixture.redis.dumpBuffer(keys[part]);
    return [part, dump?.toString('base64') ?? null] as const;
  });
  return Object.fromEntries(await Promise.all(dumps));
}

const INTERIM_IDS: KeyPart[] = ['interimIds', 'olderInterimIds'];
const INCOMING: Record<string, [make: (name: ShortName) => AgentAssistEvent, untouched: KeyPart[]]> = {
  'an event': [(name) => makeEvent(name), INTERIM_IDS],
  'an event that ends an utterance': [(name) => makeEvent(name, { closes: 'm' }), INTERIM_IDS],
  'an event without an id': [
    (name) => makeEvent(name, { messageId: '', closes: 'm' }),
    ['ids', ...INTERIM_IDS],
  ],
  // Interim transcripts are not retained, so a broken stream does not concern them.
  'an interim transcript': [(name) => makeInterim(name, 9), ['log', 'ids']],
  'a final result': [(name) => makeInterim(name, 9, { closes: 'm' }), ['log', 'ids']],
};

for (const [what, [make, untouched]] of Object.entries(INCOMING)) {
  for (const part of PARTS.filter((each) => !untouched.includes(each))) {
    test(`${what} with a wrong "${part}" changes nothing`, async () => {
      const { name, keys } = fixture.conversation();
      const listener = await fixture.subscribe(name);
      for (let i = 0; i < 3; i++) await fixture.log.append(makeEvent(name, { closes: `old${i}` }));
      await fixture.log.append(makeInterim(name, 1));
      await fixture.redis.sadd(keys.olderInterimIds, 1);
      await fixture.redis.rename(keys[part], `${keys[part]}:aside`);
      await fixture.redis.set(keys[part], 'of another type');
      const before = await stored(keys);

      const event = make(name);
      for (let attempt = 0; attempt < 2; attempt++) {
        const error = await fixture.log.append(event).catch((reason: unknown) => reason);
        assert.match(String(error), /WRONGTYPE/);
        assert.equal(await stored(keys), before);
      }
      await listener.settle();
      assert.is(listener.texts.length, 4, 'nothing of it was published');

      await fixture.redis.rename(`${keys[part]}:aside`, keys[part]);
      const { outcome, position } = await fixture.log.append(event);
      assert.is(outcome, 'appended');
      const last = await fixture.log.append(makeEvent(name));
      const { events } = await fixture.log.read(name, 0, 100);
      assert.equal(
        events.map((each) => each.position.offset),
        Array.from({ length: last.position.offset }, (_, i) => i + 1),
        'no hole',
      );
      assert.is(position.offset, event.kind === 'new-message-event' ? 4 : 3);
      await listener.settle();
      assert.is(listener.texts.length, 6);
    });
  }
}

test('a stream that was deleted or cannot be appended to leaves no hole behind', async () => {
  const { name, keys } = fixture.conversation();
  await fixture.log.append(makeEvent(name));
  await fixture.redis.del(keys.log);
  await fixture.redis.set(keys.log, 'not a stream');
  const event = makeEvent(name);
  for (let attempt = 0; attempt < 3; attempt++) {
    assert.match(String(await fixture.log.append(event).catch((reason: unknown) => reason)), /WRONGTYPE/);
  }
  await fixture.redis.del(keys.log);
  const { outcome, position } = await fixture.log.append(event);
  assert.equal([outcome, position.offset], ['appended', 2]);
  assert.equal(
    (await fixture.log.read(name, 0, 10)).events.map((each) => each.position.offset),
    [2],
  );
});

test('a log whose top is lost begins a new epoch without old data', async () => {
  const { name, keys } = fixture.conversation();
  const repeated = makeEvent(name, { closes: 'm' });
  const first = await fixture.log.append(repeated);
  for (let i = 0; i < 4; i++) await fixture.log.append(makeEvent(name));
  await fixture.log.append(makeInterim(name, 1, { utterance: { participant: 'p', message: 'open' } }));
  await fixture.redis.del(keys.meta);
  assert.is((await fixture.log.read(name, 0, 10)).top.epoch, '');

  const second = await fixture.log.append(repeated);
  assert.is(second.outcome, 'appended', 'the new life does not know it');
  assert.is(second.position.offset, 1);
  assert.is.not(second.position.epoch, first.position.epoch);
  const page = await fixture.log.read(name, 0, 10);
  assert.is(page.events.length, 1);
  assert.is(page.events[0]?.previousTag, ROOT_TAG);
  assert.equal([page.interims, page.open], [0, []]);
  assert.is(await fixture.redis.scard(keys.ids), 1);
  assert.equal(await fixture.redis.smembers(keys.over), ['m']);
});

// What the old life knew of them: that the first is over, and something later of the second.
for (const message of ['over', 'open']) {
  test(`an interim transcript of an utterance that was ${message} begins an epoch`, async () => {
    const { name, keys } = fixture.conversation();
    const utterance = { participant: 'p', message };
    await fixture.log.append(makeEvent(name, { closes: 'over' }));
    await fixture.log.append(makeInterim(name, 5, { utterance: { participant: 'p', message: 'open' } }));
    await fixture.redis.del(keys.meta);
    const { outcome, position } = await fixture.log.append(makeInterim(name, 1, { utterance }));
    assert.equal([outcome, position.offset], ['appended', 0]);
    const page = await fixture.log.read(name, 0, 10);
    assert.equal([page.events, page.open.length, page.interims], [[], 1, 1]);
    assert.is(await fixture.redis.exists(keys.log), 0);
  });
}

test('a log whose events are lost but not its top goes on after it', async () => {
  const { name, keys } = fixture.conversation();
  const events = [makeEvent(name), makeEvent(name)];
  for (const event of events) await fixture.log.append(event);
  const { top } = await fixture.log.read(name, 0, 0);
  await fixture.redis.del(keys.log);
  assert.equal(await fixture.log.read(name, 0, 10), { top, events: [], interims: 0, open: [] });
  for (const event of events) assert.is((await fixture.log.append(event)).outcome, 'duplicate');
  const { position } = await fixture.log.append(makeEvent(name));
  assert.equal([position.epoch, position.offset], [top.epoch, 3]);
  const [event] = (await fixture.log.read(name, 0, 10)).events;
  assert.is(event?.previousTag, top.tag);
});

test('a Redis that is out of memory takes nothing, also not as the first of a log', async () => {
  const existing = fixture.conversation();
  await fixture.log.append(makeEvent(existing.name));
  const before = await stored(existing.keys);
  const fresh = fixture.conversation();
  await fixture.onEachServer((server) => server.config('SET', 'maxmemory', '1kb'));
  for (const { name } of [existing, fresh]) {
    for (const event of [makeEvent(name, { closes: 'm' }), makeInterim(name, 1)]) {
      assert.match(String(await fixture.log.append(event).catch((reason: unknown) => reason)), /OOM/);
    }
  }
  await fixture.onEachServer((server) => server.config('SET', 'maxmemory', '0'));
  assert.equal(await stored(existing.keys), before);
  assert.is(await fixture.redis.exists(...PARTS.map((part) => fresh.keys[part])), 0);
});

test.run();
