import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { conversationKeys } from '../../../shared/keys.ts';
import { createEventLog } from '../../../shared/stream/event-log.ts';
import { makeEvent } from '../../helpers/events.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import { until } from '../../helpers/until.ts';

const DAY = 86_400;
const HOUR = 3_600;

const fixture = redisFixture(test, { history: { historyTtlSeconds: DAY } });

/** The time to live that a key was given in this minute, in seconds. All are whole minutes. */
const ttlOf = async (key: string) => Math.ceil((await fixture.redis.ttl(key)) / 60) * 60;

const finished = (type: unknown = 'CONVERSATION_FINISHED') =>
  ({ kind: 'conversation-lifecycle-event', data: { type } }) as const;

for (const type of ['CONVERSATION_FINISHED', 2]) {
  test(`a finished conversation (${JSON.stringify(type)}) is kept for an hour`, async () => {
    const conversation = uniqueConversation();
    const keys = conversationKeys(conversation);
    const ttls = () => Promise.all([keys.log, keys.meta, keys.ids].map(ttlOf));
    await fixture.publish(conversation);
    assert.equal(await ttls(), [DAY, 2 * DAY, 2 * DAY]);

    await fixture.publish(conversation, finished(type));
    assert.equal(await ttls(), [HOUR, HOUR + DAY, HOUR + DAY]);
    await fixture.publish(conversation, { kind: 'human-agent-assistant-event' });
    await fixture.publish(conversation, finished(type));
    await fixture.publishInterim(conversation, { message: 'm1' });
    assert.equal(await ttls(), [HOUR, HOUR + DAY, HOUR + DAY]);
    assert.is((await fixture.log.read(conversation, 0, 10)).events.length, 4);
  });
}

test('other lifecycle events do not shorten its life', async () => {
  const conversation = uniqueConversation();
  await fixture.publish(conversation, finished('CONVERSATION_STARTED'));
  await fixture.publish(conversation, { data: { type: 'CONVERSATION_FINISHED_NOT' } });
  assert.is(await ttlOf(conversationKeys(conversation).log), DAY);
});

test('a shorter HISTORY_TTL_SECONDS holds for finished conversations too', async () => {
  const short = createEventLog(fixture.redis, { historySize: 1000, historyTtlSeconds: 600 });
  const conversation = uniqueConversation();
  await short.append(makeEvent(conversation, finished()));
  assert.is(await ttlOf(conversationKeys(conversation).log), 600);
});

test('a page has at most 256 KiB of events, or one, and the next has the rest', async () => {
  const conversation = uniqueConversation();
  const sizes = [100, 100, 100, 700, 10, 10].map((kib) => kib * 1024);
  for (const size of sizes) await fixture.publish(conversation, { data: { text: 'x'.repeat(size) } });
  const pages: number[][] = [];
  for (let after = 0; after < sizes.length; ) {
    const { events, top } = await fixture.log.read(conversation, after, 200);
    assert.is(top.offset, sizes.length);
    pages.push(events.map((event) => event.position.offset));
    after = events.at(-1)?.position.offset ?? sizes.length;
  }
  assert.equal(pages, [[1, 2], [3], [4], [5, 6]]);
});

test('a page of large events makes Redis copy few more than it has room for', async () => {
  const conversation = uniqueConversation();
  await fixture.publishAll(conversation, 40, { data: { text: 'x'.repeat(64 * 1024) } });
  const monitor = await fixture.client().monitor();
  fixture.defer(() => monitor.disconnect());
  const asked: number[] = [];
  monitor.on('monitor', (_time: string, args: string[]) => {
    if (args[0]?.toUpperCase() === 'XRANGE') asked.push(Number(args.at(-1)));
  });
  const { events } = await fixture.log.read(conversation, 0, 200);
  await until(() => asked.length > 0);
  assert.is(events.length, 3);
  assert.equal(asked, [8]);
});

test('a page of small events is read in steps without a gap or a repeat', async () => {
  const conversation = uniqueConversation();
  await fixture.publishAll(conversation, 30);
  for (const limit of [7, 8, 9, 16, 23, 200]) {
    const { events } = await fixture.log.read(conversation, 3, limit);
    assert.equal(
      events.map(({ position }) => position.offset),
      Array.from({ length: Math.min(limit, 27) }, (_, n) => n + 4),
    );
  }
});

test('open interim transcripts come with the last of several pages', async () => {
  const conversation = uniqueConversation();
  await fixture.publishAll(conversation, 3, { data: { text: 'x'.repeat(200 * 1024) } });
  await fixture.publishInterim(conversation, { message: 'm1' });
  assert.equal((await fixture.log.read(conversation, 0, 200)).open, []);
  assert.is((await fixture.log.read(conversation, 2, 200)).open.length, 1);
});

test.run();
