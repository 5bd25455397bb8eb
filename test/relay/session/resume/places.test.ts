// Where pages are, in a real Redis.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { eraseConversation } from '../../../../relay/admin/erase.ts';
import { ADMIN_LIMITS } from '../../../../relay/admin/limits.ts';
import { Places } from '../../../../relay/session/resume/places.ts';
import { pagesKey, placesKey } from '../../../../shared/keys.ts';
import type { Position } from '../../../../shared/stream/position.ts';
import { TEST_PROJECT, uniqueConversation } from '../../../helpers/redis.ts';
import { redisFixture } from '../../../helpers/redis-fixture.ts';

const fixture = redisFixture(test);
const HISTORY_TTL_SECONDS = 60;
const TTL_SECONDS = HISTORY_TTL_SECONDS + 86_400;

/** Whether a key that was written a moment ago was given this time to live, in seconds. */
const isJustUnder = (ttl: number, written: number) => ttl <= written && ttl > written - 30;
const at = (offset: number): Position => ({ epoch: 'epoch', offset, tag: `tag${offset}` });
const places = () => new Places(fixture.redis, { historyTtlSeconds: HISTORY_TTL_SECONDS });
const placeOf = (connection: string) => ({ conversation: uniqueConversation(), name: 'name', connection });

test('a page without a place has no position and its first stay', async () => {
  assert.is(await places().find(placeOf('a')), undefined);
  assert.is(await places().stay(placeOf('a')), '');
});

test('a place is found where its connection has started and moved it', async () => {
  const place = placeOf('a');
  await places().start(place, at(2));
  assert.equal(await places().find(place), at(2));
  await places().move(place, at(5));
  assert.equal(await places().find(place), at(5));
});

test('a connection moves nothing once another has started, or the page has left', async () => {
  const [old, next] = [placeOf('old'), placeOf('next')];
  next.conversation = old.conversation;
  await places().start(old, at(2));
  await places().start(next, at(3));
  await places().move(old, at(9));
  assert.equal(await places().find(old), at(3));
  assert.is(await places().leave(next, 'stay-two', { ifKnown: false }), true);
  await places().move(next, at(9));
  assert.is(await places().find(next), undefined);
});

test('a leave names the stay that follows, which a later start keeps', async () => {
  const place = placeOf('a');
  await places().start(place, at(2));
  await places().leave(place, 'stay-two', { ifKnown: false });
  assert.is(await places().stay(place), 'stay-two');
  await places().start(place, at(1));
  assert.is(await places().stay(place), 'stay-two');
});

test('a leave of what was never joined writes nothing where it must be known', async () => {
  const place = placeOf('a');
  assert.is(await places().leave(place, 'stay-two', { ifKnown: true }), false);
  assert.is(await fixture.redis.exists(placesKey(place.conversation, 'name')), 0);
  await places().start(place, at(2));
  assert.is(await places().leave(place, 'stay-two', { ifKnown: true }), true);
});

test('a place lives a day longer than the log, from its last write', async () => {
  const place = placeOf('a');
  const key = placesKey(place.conversation, 'name');
  const writes = [
    () => places().start(place, at(2)),
    () => places().move(place, at(3)),
    () => places().leave(place, 'stay-two', { ifKnown: false }),
  ];
  for (const write of writes) {
    await write();
    assert.ok(isJustUnder(await fixture.redis.ttl(key), TTL_SECONDS));
    await fixture.redis.expire(key, 5);
  }
});

test('pages with one name are counted, and known for a week', async () => {
  const name = uniqueConversation();
  assert.equal(await places().pages(name), { count: 0, nextId: 0 });
  for (let page = 1; page <= 3; page++) {
    await places().addPages(name, 1);
    await places().setNextId(name, 10 * page);
    assert.equal(await places().pages(name), { count: page, nextId: 10 * page });
  }
  assert.ok(isJustUnder(await fixture.redis.ttl(pagesKey(name)), 7 * 86_400));
});

test('an erasure removes the places of the conversation and of no other', async () => {
  const [erased, kept] = [placeOf('a'), placeOf('a')];
  for (const place of [erased, kept]) await places().start(place, at(2));
  await eraseConversation(fixture.redis, erased.conversation, { id: TEST_PROJECT }, ADMIN_LIMITS);
  assert.is(await places().find(erased), undefined);
  assert.equal(await places().find(kept), at(2));
});

test('a write that Redis refuses rejects', async () => {
  const place = placeOf('a');
  await fixture.redis.set(placesKey(place.conversation, 'name'), 'a string');
  for (const write of [places().start(place, at(1)), places().move(place, at(1)), places().find(place)]) {
    assert.match(await write.then(String, String), 'WRONGTYPE');
  }
});

test.run();
