import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type ConversationIndex,
  createConversationIndex,
  ENDED_LISTED_MS,
  LISTED_MS,
  removeFromIndex,
} from '../../../shared/conversation-index/conversation-index.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { INDEX_KEYS } from '../../../shared/keys.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';

const fixture = redisFixture(test);
let index: ConversationIndex;

test.before.each(async () => {
  await fixture.redis.flushall();
  index = createConversationIndex(fixture.redis);
});

const timeAgo = (ms: number) => new Date(Date.now() - ms).toISOString();
const begin = (conversation: ShortName, publishTime = timeAgo(0)) =>
  index.note({ conversation, publishTime });
const end = (conversation: ShortName, publishTime = timeAgo(0)) =>
  index.note({ conversation, publishTime, finishes: true });
const scoreIn = async (key: string, conversation: ShortName) =>
  (await fixture.redis.zscore(key, conversation)) ?? undefined;

test('a conversation has the time of its earliest event as its start', async () => {
  const conversation = uniqueConversation();
  const [first, second] = [timeAgo(2_000), timeAgo(1_000)];
  await begin(conversation, second);
  await begin(conversation, first);
  await begin(conversation, second);
  assert.is(await scoreIn(INDEX_KEYS.started, conversation), String(Date.parse(first)));
  assert.is(await scoreIn(INDEX_KEYS.ended, conversation), undefined);
});

test('a conversation has the time of its first end as its end', async () => {
  const conversation = uniqueConversation();
  const [first, second] = [timeAgo(2_000), timeAgo(1_000)];
  await begin(conversation, timeAgo(3_000));
  await end(conversation, first);
  await end(conversation, second);
  assert.is(await scoreIn(INDEX_KEYS.ended, conversation), String(Date.parse(first)));
});

test('an end of a conversation that is not listed is not kept', async () => {
  const conversation = uniqueConversation();
  await end(conversation);
  assert.is(await fixture.redis.exists(...Object.values(INDEX_KEYS)), 0);
});

test('a time that is none counts as now', async () => {
  const conversation = uniqueConversation();
  const before = Date.now();
  await begin(conversation, 'this morning');
  const start = Number(await scoreIn(INDEX_KEYS.started, conversation));
  assert.ok(start >= before && start <= Date.now());
});

test('what is past its time goes with the next write', async () => {
  const [old, ended, going] = [uniqueConversation(), uniqueConversation(), uniqueConversation()];
  await fixture.redis.zadd(INDEX_KEYS.started, Date.now() - LISTED_MS - 1, old);
  await begin(ended, timeAgo(ENDED_LISTED_MS + 2_000));
  await end(ended, timeAgo(ENDED_LISTED_MS + 1_000));
  await begin(going);
  assert.equal(await fixture.redis.zrange(INDEX_KEYS.started, '0', '-1'), [going]);
  assert.equal(await fixture.redis.zrange(INDEX_KEYS.ended, '0', '-1'), []);
});

test('an event of long ago, such as a replayed dead letter, is not listed', async () => {
  await begin(uniqueConversation(), timeAgo(LISTED_MS + 1_000));
  assert.is(await fixture.redis.zcard(INDEX_KEYS.started), 0);
});

test('both keys expire by themselves', async () => {
  const conversation = uniqueConversation();
  await begin(conversation);
  await end(conversation);
  for (const key of Object.values(INDEX_KEYS)) {
    const ttl = await fixture.redis.pttl(key);
    assert.ok(ttl > LISTED_MS - 60_000 && ttl <= LISTED_MS, `${key}: ${ttl}`);
  }
});

test('a conversation can be removed with all its entries', async () => {
  const [removed, kept] = [uniqueConversation(), uniqueConversation()];
  for (const conversation of [removed, kept]) {
    await begin(conversation);
    await end(conversation);
  }
  assert.is(await removeFromIndex(fixture.redis, removed), 2);
  assert.is(await removeFromIndex(fixture.redis, removed), 0);
  assert.equal(await fixture.redis.zrange(INDEX_KEYS.started, '0', '-1'), [kept]);
});

test('a Redis that takes no writes makes it reject', async () => {
  const { redis } = fixture;
  await redis.set(INDEX_KEYS.started, 'of another type');
  const error = await begin(uniqueConversation()).catch((reason: unknown) => reason);
  assert.match(String(error), 'WRONGTYPE');
});

test.run();
