import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RATE_LIMITS } from '../../../relay/rate-limits/limits.ts';
import { createRate } from '../../../relay/rate-limits/rate.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import '../../helpers/patient-redis.ts';

const fixture = redisFixture(test);

test('a client over its limit per minute learns how long to wait; others go on', async () => {
  const rate = createRate(fixture.redis, 'test-minute', 3, RATE_LIMITS);
  for (let taken = 0; taken < 3; taken++) assert.is(await rate.take('somebody'), 0);
  const ms = await rate.take('somebody');
  assert.ok(ms > 0 && ms <= 60_000, `${ms}`);
  assert.is(await rate.take('somebody else'), 0);
});

test('all relays count together', async () => {
  const relays = [
    createRate(fixture.redis, 'test-fleet', 4, RATE_LIMITS),
    createRate(fixture.redis, 'test-fleet', 4, RATE_LIMITS),
  ] as const;
  const waits = await Promise.all(
    Array.from({ length: 10 }, (_, index) => relays[index % 2 === 0 ? 0 : 1].take('one')),
  );
  assert.is(waits.filter((ms) => ms === 0).length, 4);
});

test('a caller that has to wait is known without asking Redis', async () => {
  const rate = createRate(fixture.redis, 'test-known', 1, RATE_LIMITS);
  await rate.take('somebody');
  assert.is(rate.msBlocked('somebody'), 0);
  await rate.take('somebody');
  assert.ok(rate.msBlocked('somebody') > 0);
  await fixture.redis.flushall();
  assert.ok((await rate.take('somebody')) > 0);
});

test('Redis holds neither an address nor an identity, and every count expires', async () => {
  await createRate(fixture.redis, 'test-keys', 3, RATE_LIMITS).take('192.0.2.77');
  const keys = await fixture.redis.keys('*test-keys*');
  assert.is(keys.length, 1);
  assert.not.match(keys[0] ?? '', '192.0.2');
  assert.ok((await fixture.redis.pttl(keys[0] ?? '')) > 0);
});

test('a relay that has lost Redis counts for itself, at once and without an error', async () => {
  const lost = fixture.client({ ...fixture.server.redisConfig, redisPort: 1 });
  const rate = createRate(lost, 'test-lost', 2, RATE_LIMITS);
  const waits = [await rate.take('somebody'), await rate.take('somebody'), await rate.take('somebody')];
  assert.equal(
    waits.map((ms) => ms > 0),
    [false, false, true],
  );
});

test.run();
