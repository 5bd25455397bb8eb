// Where pages are, in a real Redis.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { eraseConversation } from '../../../../relay/admin/erase.ts';
import { ADMIN_LIMITS } from '../../../../relay/admin/limits.ts';
import { Places } from '../../../../relay/session/resume/places.ts';
import type { ShortName } from '../../../../shared/conversation-name.ts';
import { conversationKeys, placesKey } from '../../../../shared/keys.ts';
import { type Position, START } from '../../../../shared/stream/position.ts';
import { TEST_PROJECT, uniqueConversation } from '../../../helpers/redis.ts';
import { redisFixture } from '../../../helpers/redis-fixture.ts';

const fixture = redisFixture(test);
const HISTORY_TTL_SECONDS = 60;
const ANY_ID = Number.MAX_SAFE_INTEGER;

/** The places of one name in a conversation with so many events. `positions[3]` is behind its third event. */
async function setUp({ events = 10 } = {}) {
  const conversation = uniqueConversation();
  const places = new Places(fixture.redis, { historyTtlSeconds: HISTORY_TTL_SECONDS });
  const positions: Position[] = [START];
  for (let event = 0; event < events; event++) positions.push((await fixture.publish(conversation)).position);
  const at = (offset: number) => positions[offset] ?? START;
  const placeOf = (connection: string, nextId = 1) => ({ conversation, name: 'name', connection, nextId });
  return {
    conversation,
    places,
    at,
    placeOf,
    key: placesKey(conversation, 'name'),
    put: (connection: string, offset: number, nextId = 1) =>
      places.put(placeOf(connection, nextId), at(offset)),
    /** The offset where a connection goes on. */
    take: async (connection: string, firstId = ANY_ID, nextId = 1) =>
      (await places.take(placeOf(connection, nextId), firstId)).offset,
    stored: async () =>
      Object.fromEntries(
        Object.entries(await fixture.redis.hgetall(placesKey(conversation, 'name'))).map(([field, value]) => [
          field,
          value.replace(/ [\w-]+\.(\d+)\.[\w-]+/, ' $1'),
        ]),
      ),
  };
}

test('a page without a place starts at the beginning, and has a place from then on', async () => {
  const { take, stored } = await setUp();
  assert.is(await take('a', ANY_ID, 4), 0);
  assert.equal(await stored(), { a: '4 0' });
});

test('a page goes on at its place, which its new connection takes over', async () => {
  const { places, placeOf, at, put, take, stored } = await setUp();
  await put('a', 5);
  assert.equal(await places.take(placeOf('b', 3), 2), at(5));
  assert.equal(await stored(), { b: '3 5' });
  await put('b', 7);
  assert.is(await take('c'), 7);
});

test('of several places a page gets the least, and the greatest is used up', async () => {
  const { put, take, stored } = await setUp();
  await put('a', 3);
  await put('b', 9);
  await put('c', 6);
  assert.is(await take('d', 1, 2), 3);
  assert.equal(await stored(), { a: '1 3 d', c: '1 6 d', d: '2 3' });
});

test('each of several pages that come back finds a place that is not past its own', async () => {
  for (const order of [
    ['a', 'b', 'c'],
    ['c', 'b', 'a'],
    ['b', 'c', 'a'],
  ]) {
    const { put, take } = await setUp();
    const own: Record<string, number> = { a: 3, b: 9, c: 6 };
    for (const [page, offset] of Object.entries(own)) await put(page, offset);
    for (const page of order)
      assert.ok((await take(`${page}, back`, 1, 2)) <= (own[page] ?? 0), order.join());
  }
});

test('a place with a next id over the first id of a page is not its own', async () => {
  const { put, take, stored } = await setUp();
  await put('a', 2, 8);
  await put('b', 5, 3);
  assert.is(await take('c', 4, 5), 5);
  assert.equal(await stored(), { a: '8 2', c: '5 5' });
});

test('the least place keeps the smaller id of the two, so that both pages find it', async () => {
  const { put, take } = await setUp();
  await put('a', 2, 8);
  await put('b', 5, 3);
  assert.is(await take('c', 9, 10), 2);
  assert.is(await take('d', 3, 4), 2);
});

test('a page whose place was used up finds one not past it when others move on', async () => {
  const { places, placeOf, at, put, take } = await setUp();
  await put('moving', 2);
  await put('back', 5, 8);
  await put('used up', 9);
  assert.is(await take('back again', 8, 9), 2);
  await places.put(placeOf('moving'), at(10), { ifThere: true });
  assert.ok((await take('used up, back', 1, 2)) <= 9);
});

test("a page whose place was used up finds one when the taker's old connection writes", async () => {
  const { places, placeOf, at, put, take } = await setUp();
  await put('back', 5, 8);
  await put('used up', 9);
  assert.is(await take('back again', 8, 9), 5);
  await places.put(placeOf('back', 8), at(6), { ifThere: true });
  await put('new', 10);
  assert.ok((await take('used up, back', 1, 2)) <= 9);
});

test('a late write of a page that is back does not move what another page finds', async () => {
  const { places, placeOf, at, put, take } = await setUp();
  await put('back', 2);
  await put('used up', 8);
  assert.is(await take('back again', 1, 2), 2);
  await places.put(placeOf('back'), at(10), { ifThere: true });
  assert.ok((await take('used up, back', 1, 2)) <= 8);
});

test('a place that another page may have taken is written after its own page shows up', async () => {
  const { places, placeOf, at, put, take, stored } = await setUp();
  await put('open', 2);
  await put('used up', 8);
  await take('taker', 1, 2);
  assert.is(await places.put(placeOf('open'), at(5), { ifThere: true }), 'taker');
  assert.equal(await stored(), { open: '1 2 taker', taker: '2 2' });
  assert.is(await places.put(placeOf('open'), at(6), { ifThere: true, taker: 'taker' }), '');
  assert.is(await places.put(placeOf('open'), at(7), { ifThere: true, taker: 'taker' }), '');
  assert.equal(await stored(), { open: '1 7', taker: '2 2' });
});

test('a page that leaves is put at the beginning, whoever may have taken its place', async () => {
  const { places, placeOf, at, put, take, stored } = await setUp();
  await put('open', 2);
  await put('used up', 8);
  await take('taker', 1, 2);
  assert.is(await places.put(placeOf('open'), START), '');
  assert.is(await places.put(placeOf('open'), at(5), { ifThere: true }), 'taker');
  assert.equal(await stored(), { open: '1 0 taker', taker: '2 2' });
});

test('ids of 15 digits are compared and stored as they are', async () => {
  const { put, take, stored } = await setUp();
  const id = 999_999_999_999_999;
  await put('a', 2, id);
  await put('b', 5, id);
  assert.is(await take('c', id - 1), 0);
  assert.is(await take('d', id, id), 0);
  assert.equal(await stored(), { a: `${id} 2 d`, c: '1 0 d', d: `${id} 0` });
});

test('a place whose event the log has no more counts as the beginning', async () => {
  const { conversation, put, take } = await setUp();
  await put('a', 2);
  await put('b', 9);
  await fixture.redis.xtrim(conversationKeys(conversation).log, 'MAXLEN', '3');
  assert.is(await take('c'), 0);
});

test('a place of another history counts as the beginning, however far it is', async () => {
  const { places, placeOf, at, put, take } = await setUp();
  await put('a', 4);
  await places.put(placeOf('b'), { ...at(9), tag: 'other' });
  assert.is(await take('c'), 0);
});

test('a place of another history may be the only one', async () => {
  const { places, placeOf, take } = await setUp();
  await places.put(placeOf('a'), { epoch: 'other', offset: 99, tag: 'other' });
  assert.is(await take('b'), 0);
});

test('a place that was used up is not written again', async () => {
  const { places, placeOf, at, put, take, stored } = await setUp();
  await put('a', 5);
  await take('b', ANY_ID, 1);
  await places.put(placeOf('a'), at(8), { ifThere: true });
  assert.equal(await stored(), { b: '1 5' });
  await places.put(placeOf('b'), at(8), { ifThere: true });
  assert.equal(await stored(), { b: '1 8' });
});

test('of more than 64 places none is kept, and every page starts at the beginning', async () => {
  const { put, take, stored } = await setUp();
  for (let page = 0; page < 64; page++) await put(String(page), 5);
  await put('0', 6); // a place that is there needs no room
  assert.is(Object.keys(await stored()).length, 64);
  await put('64', 5);
  assert.equal(await stored(), { '!': '' });
  for (const page of ['0', 'new']) assert.is(await take(page), 0);
  await put('0', 9);
  assert.is(await take('1'), 0);
});

test('a leave ends every place of the page, and names the stay that follows', async () => {
  const { places, placeOf, put, take, stored } = await setUp();
  assert.is(await places.stay(placeOf('a')), '');
  await put('a', 5);
  await places.leave(placeOf('a'), 'stay-two');
  assert.is(await places.stay(placeOf('b')), 'stay-two');
  assert.equal(await stored(), { stay: 'stay-two' });
  assert.is(await take('b'), 0);
  await put('b', 6);
  assert.is(await take('c'), 6);
  assert.is(await places.stay(placeOf('c')), 'stay-two');
});

test('places outlive the log by a day', async () => {
  const { places, placeOf, put, take, key } = await setUp();
  const writes = [() => put('a', 1), () => take('b'), () => places.leave(placeOf('b'), 'stay-two')];
  for (const write of writes) {
    await fixture.redis.del(key);
    await write();
    const ttl = await fixture.redis.ttl(key);
    assert.ok(ttl > 86_400 && ttl <= HISTORY_TTL_SECONDS + 86_400, String(ttl));
  }
});

test('the erasure of a conversation takes the places with it', async () => {
  const { conversation, put, take, key } = await setUp();
  await put('a', 5);
  await eraseConversation(fixture.redis, conversation, { id: TEST_PROJECT }, ADMIN_LIMITS);
  assert.is(await fixture.redis.exists(key), 0);
  assert.is(await take('b'), 0);
});

test('a log that began again after an erasure has none of the old places', async () => {
  const { conversation, put, take } = await setUp();
  await put('a', 5);
  await fixture.redis.del(...Object.values(conversationKeys(conversation as ShortName)));
  for (let event = 0; event < 9; event++) await fixture.publish(conversation);
  assert.is(await take('b'), 0);
});

test('names and conversations have places of their own', async () => {
  const { places, placeOf, put, take } = await setUp();
  await put('a', 5);
  assert.is((await places.take({ ...placeOf('b'), name: 'other' }, ANY_ID)).offset, 0);
  assert.is((await places.take({ ...placeOf('b'), conversation: uniqueConversation() }, ANY_ID)).offset, 0);
  assert.is(await take('b'), 5);
});

test.run();
