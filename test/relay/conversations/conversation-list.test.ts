import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  conversationList,
  fromPageToken,
  type PageToken,
  toPageToken,
} from '../../../relay/conversations/conversation-list.ts';
import { ENDED_LISTED_MS, LISTED_MS } from '../../../shared/conversation-index/conversation-index.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { INDEX_KEYS } from '../../../shared/keys.ts';
import { TEST_PROJECT } from '../../helpers/redis.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import '../../helpers/patient-redis.ts';

const fixture = redisFixture(test);
test.before.each(async () => void (await fixture.redis.flushall()));

const name = (id: string): ShortName => `projects/${TEST_PROJECT}/conversations/${id}`;
const add = (key: string, at: number, id: string) => fixture.redis.zadd(key, at, name(id));

/** All pages of this size, as the ids on them. */
async function pagesOf(size: number): Promise<string[][]> {
  const read = conversationList(fixture.redis);
  const pages: string[][] = [];
  let next: PageToken | undefined;
  do {
    const page = await read(next, size);
    pages.push(page.conversations.map(({ conversation }) => conversation.split('/').at(-1) ?? ''));
    next = page.next && fromPageToken(toPageToken(page.next));
  } while (next !== undefined);
  return pages;
}

test('an index that is empty has one empty page', async () => {
  assert.equal(await pagesOf(10), [[]]);
});

test('the newest start comes first, and a conversation has its times', async () => {
  const now = Date.now();
  await add(INDEX_KEYS.started, now - 3_000, 'a');
  await add(INDEX_KEYS.started, now - 1_000, 'b');
  await add(INDEX_KEYS.ended, now - 500, 'b');
  assert.equal((await conversationList(fixture.redis)(undefined, 10)).conversations, [
    { conversation: name('b'), startedAt: now - 1_000, endedAt: now - 500 },
    { conversation: name('a'), startedAt: now - 3_000, endedAt: undefined },
  ]);
});

test('pages neither repeat nor leave out a conversation, also of one start', async () => {
  const now = Date.now();
  for (const id of ['a', 'b', 'c', 'd', 'e']) await add(INDEX_KEYS.started, now, id);
  await add(INDEX_KEYS.started, now - 1, 'f');
  assert.equal(await pagesOf(2), [
    ['e', 'd'],
    ['c', 'b'],
    ['a', 'f'],
  ]);
  assert.equal(await pagesOf(6), [['e', 'd', 'c', 'b', 'a', 'f']]);
  assert.equal(await pagesOf(4), [
    ['e', 'd', 'c', 'b'],
    ['a', 'f'],
  ]);
});

test('a page goes on behind a conversation that is gone by then', async () => {
  const now = Date.now();
  for (const id of ['a', 'b', 'c']) await add(INDEX_KEYS.started, now, id);
  const read = conversationList(fixture.redis);
  const { next } = await read(undefined, 2);
  await fixture.redis.zrem(INDEX_KEYS.started, name('b'));
  const { conversations } = await read(next, 2);
  assert.equal(
    conversations.map(({ conversation }) => conversation),
    [name('a')],
  );
});

test('what is past its time is passed over', async () => {
  const now = Date.now();
  await add(INDEX_KEYS.started, now - LISTED_MS - 1, 'old');
  for (let count = 0; count < 250; count++) {
    await add(INDEX_KEYS.started, now - 1_000, `ended-${count}`);
    await add(INDEX_KEYS.ended, now - ENDED_LISTED_MS - 1, `ended-${count}`);
  }
  await add(INDEX_KEYS.started, now - 2_000, 'going');
  assert.equal(await pagesOf(10), [['going']]);
});

test.run();
