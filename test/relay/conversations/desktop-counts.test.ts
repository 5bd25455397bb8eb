import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { countDesktops, DesktopCounts } from '../../../relay/conversations/desktop-counts.ts';
import { DESKTOPS_TTL_SECONDS } from '../../../relay/conversations/limits.ts';
import type { Membership } from '../../../relay/delivery/hub.ts';
import type { Member } from '../../../relay/delivery/member.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { DESKTOP_RELAYS_KEY, desktopsKey } from '../../../shared/keys.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import { until } from '../../helpers/until.ts';
import '../../helpers/patient-redis.ts';

const LIMITS = { desktopsFlushMs: 1, desktopsRenewMs: 20 };
const fixture = redisFixture(test);
test.before.each(async () => void (await fixture.redis.flushall()));

/** The counts of a relay, and joins through them that are ready when `ready` is. */
function startRelay(relay: string) {
  const refused: unknown[] = [];
  const onRefused = (error: unknown) => refused.push(error);
  const { redis } = fixture;
  const counts = new DesktopCounts({ redis, relay, onRefused, limits: { conversations: LIMITS } });
  fixture.defer(() => counts.close());
  const join = (conversation: ShortName, ready: Promise<void> = Promise.resolve()): Membership =>
    counts.counting({ join: () => ({ ready, leave: () => {} }) }).join(conversation, {} as Member, 'live');
  return { counts, join, refused };
}

const counted = (...conversations: ShortName[]) => countDesktops(fixture.redis, conversations);
const untilCounted = (conversation: ShortName, count: number) =>
  until(async () => (await counted(conversation))[0] === count);

test('without desktops every conversation has none', async () => {
  assert.equal(await counted(), []);
  assert.equal(await counted(uniqueConversation(), uniqueConversation()), [0, 0]);
});

test('the desktops of all relays are added up, and those that leave are not', async () => {
  const [first, second] = [uniqueConversation(), uniqueConversation()];
  const [one, other] = [startRelay('one'), startRelay('other')];
  one.join(second);
  const leaving = [one.join(first), one.join(first), other.join(first)];
  await untilCounted(first, 3);
  await untilCounted(second, 1);
  leaving[0]?.leave();
  leaving[0]?.leave();
  await untilCounted(first, 2);
  for (const desktop of leaving) desktop.leave();
  await untilCounted(first, 0);
  assert.equal(await fixture.redis.hkeys(desktopsKey('one')), [second]);
});

test('a desktop that is not let in, or leaves before, is not counted', async () => {
  const [refused, left, kept] = [uniqueConversation(), uniqueConversation(), uniqueConversation()];
  const { join } = startRelay('one');
  const failing = Promise.reject(new Error('no'));
  join(refused, failing).ready.catch(() => {});
  const waiting = Promise.withResolvers<void>();
  join(left, waiting.promise).leave();
  waiting.resolve();
  join(kept);
  await untilCounted(kept, 1);
  assert.equal(await counted(refused, left), [0, 0]);
});

test('the keys of a relay expire by themselves, and are gone when it ends', async () => {
  const conversation = uniqueConversation();
  const { counts, join } = startRelay('one');
  join(conversation);
  await untilCounted(conversation, 1);
  for (const key of [desktopsKey('one'), DESKTOP_RELAYS_KEY]) {
    await until(async () => (await fixture.redis.ttl(key)) > 0);
    assert.ok((await fixture.redis.ttl(key)) <= DESKTOPS_TTL_SECONDS);
  }
  counts.close();
  await until(async () => (await fixture.redis.dbsize()) === 0);
});

test('a relay that was not seen for long is not counted', async () => {
  const conversation = uniqueConversation();
  const longAgo = Date.now() - DESKTOPS_TTL_SECONDS * 1000 - 1_000;
  await fixture.redis.zadd(DESKTOP_RELAYS_KEY, longAgo, 'gone');
  await fixture.redis.hset(desktopsKey('gone'), conversation, '3');
  assert.equal(await counted(conversation), [0]);
  startRelay('one').join(conversation);
  await until(async () => (await fixture.redis.zscore(DESKTOP_RELAYS_KEY, 'gone')) === null);
});

test('what Redis has lost is written again with a renewal', async () => {
  const conversation = uniqueConversation();
  startRelay('one').join(conversation);
  await untilCounted(conversation, 1);
  await fixture.redis.flushall();
  await untilCounted(conversation, 1);
});

test('what Redis does not take is told, and written later', async () => {
  const conversation = uniqueConversation();
  await fixture.redis.set(desktopsKey('one'), 'of another type');
  const { join, refused } = startRelay('one');
  join(conversation);
  await until(() => refused.length > 0);
  assert.match(String(refused[0]), 'WRONGTYPE');
  await fixture.redis.del(desktopsKey('one'));
  await untilCounted(conversation, 1);
});

test.run();
