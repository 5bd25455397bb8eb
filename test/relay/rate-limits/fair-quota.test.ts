import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FairQuota } from '../../../relay/rate-limits/fair-quota.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import '../../helpers/patient-redis.ts';

const QUOTA = 300;
const MINUTE = 60_000;

const fixture = redisFixture(test);
let now = 0;
let names = 0;

/** A quota that nobody has used yet, at the beginning of a minute. */
function newQuota(perMinute = QUOTA): FairQuota {
  now = 1_000 * MINUTE;
  return new FairQuota(fixture.redis, `test-${++names}`, perMinute, () => now);
}

/** How many of so many attempts in a row succeed. */
async function takeMany(quota: FairQuota, agent: string, attempts: number): Promise<number> {
  const waits = await Promise.all(Array.from({ length: attempts }, () => quota.take(agent)));
  return waits.filter((ms) => ms === 0).length;
}

test('an agent that floods alone gets half at once, and the rest during the minute', async () => {
  const quota = newQuota();
  assert.is(await takeMany(quota, 'flood', 1_000), QUOTA / 2);
  now += MINUTE / 2;
  assert.is(await takeMany(quota, 'flood', 1_000), 0);
  now += MINUTE / 4;
  assert.is(await takeMany(quota, 'flood', 1_000), QUOTA / 4);
});

test('all together never get more than the quota in a minute', async () => {
  const quota = newQuota();
  let taken = 0;
  for (let second = 0; second < 60; second++) {
    for (const agent of ['a', 'b', 'c', 'd']) taken += await takeMany(quota, agent, 10);
    now += 1_000;
  }
  assert.ok(taken > QUOTA * 0.9 && taken <= QUOTA, `${taken}`);
});

test("an agent that comes during a flood finds the rest of the minute's quota", async () => {
  const quota = newQuota();
  for (let second = 0; second < 30; second++) {
    await takeMany(quota, 'flood', 50);
    now += 1_000;
  }
  assert.is(await takeMany(quota, 'newcomer', 90), 90);
});

test('ten agents that flood get equal shares, and a late one gets as much', async () => {
  const quota = newQuota();
  const agents = Array.from({ length: 10 }, (_, index) => `agent-${index}`);
  for (const agent of agents) await takeMany(quota, agent, 1); // known from now on
  now += MINUTE;
  const taken = new Map<string, number>();
  for (const agent of agents) taken.set(agent, await takeMany(quota, agent, 100));
  assert.equal([...new Set(taken.values())], [Math.floor(QUOTA / 11)]);
  assert.is(await takeMany(quota, 'late', 20), 20);
});

test('with more agents than there is quota each may still have one, while there is any', async () => {
  const quota = newQuota(5);
  const taken = await Promise.all(Array.from({ length: 20 }, (_, index) => quota.take(`agent-${index}`)));
  assert.is(taken.filter((ms) => ms === 0).length, 5);
});

test('a refused agent is told when to try again', async () => {
  const quota = newQuota();
  await takeMany(quota, 'flood', 1_000);
  const ms = await quota.take('flood');
  assert.ok(ms > 0 && ms <= MINUTE, `${ms}`);
  now += ms + 1;
  assert.is(await quota.take('flood'), 0);
});

test('the next minute starts at zero, and the counts expire', async () => {
  const quota = newQuota();
  await takeMany(quota, 'flood', 1_000);
  now += MINUTE;
  assert.ok((await takeMany(quota, 'flood', 1_000)) > 0);
  for (const key of await fixture.redis.keys('*quota*')) assert.ok((await fixture.redis.pttl(key)) > 0, key);
});

test('without Redis nothing is held back, and Dialogflow itself refuses the excess', async () => {
  const lost = fixture.client({ ...fixture.server.redisConfig, redisPort: 1 }, { retryStrategy: () => null });
  const quota = new FairQuota(lost, 'lost', 1, () => now);
  assert.is(await takeMany(quota, 'agent', 3), 3);
});

test.run();
