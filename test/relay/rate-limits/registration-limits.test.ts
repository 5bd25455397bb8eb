// The limits on registrations, crossed over HTTP with a real Redis.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { clientInfoReader } from '../../../relay/access/client-info.ts';
import { limitRequests } from '../../../relay/http/request-limits.ts';
import type { Identity } from '../../../relay/identity/identity.ts';
import { RATE_LIMITS } from '../../../relay/rate-limits/limits.ts';
import { RateLimiter } from '../../../relay/rate-limits/rate-limiter.ts';
import { TEST_PROJECT } from '../../helpers/redis.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import { buildHttp } from '../http/build.ts';
import { assertRetryAfter, MESSAGE, many } from './refusals.ts';
import '../../helpers/patient-redis.ts';

const REFUSALS = 20;
const QUOTA = 12;

const fixture = redisFixture(test);

/** The REST side with a provider that knows everybody who says a name, and nobody else. */
async function registration(subjectOf: (name: string) => string) {
  let asked = 0;
  const rateLimiter = new RateLimiter({
    redis: fixture.redis,
    analyzeContentPerMinute: QUOTA,
    limits: { ...RATE_LIMITS, refusalsPerMinute: REFUSALS },
  });
  const limits = limitRequests(rateLimiter, clientInfoReader(TEST_PROJECT, 1));
  const verify = async (name: string): Promise<Identity | undefined> => {
    asked++;
    return name === '' ? undefined : { subject: subjectOf(name) };
  };
  const { app } = await buildHttp({ limits, providers: { verify } });
  const register = (name: string, address = '192.0.2.1') =>
    app.inject({
      method: 'POST',
      url: '/register',
      headers: { authorization: name, 'x-forwarded-for': address },
    });
  fixture.keep(app);
  return { register, asked: () => asked };
}

test('an agent who registers again and again is asked to wait, and nobody else is', async () => {
  const { register, asked } = await registration((name) => `okta:${name}`);
  for (const _ of many(RATE_LIMITS.registrationsPerMinute))
    assert.is((await register('ann')).statusCode, 200);
  const refused = await register('ann');
  assert.is(refused.statusCode, 429);
  assert.equal(refused.json(), MESSAGE);
  assertRetryAfter(refused.headers['retry-after']);
  const before = asked();
  assert.is((await register('ann')).statusCode, 429);
  assert.is(asked(), before, 'the provider is not asked any more');
  assert.is((await register('bob')).statusCode, 200);
});

test('an identity that stands for many may register any number of them', async () => {
  const { register } = await registration(() => 'twilio-app:AC1');
  for (const index of many(RATE_LIMITS.registrationsPerMinute + 10)) {
    assert.is((await register(`agent-${index}`)).statusCode, 200);
  }
});

test('an address with too many refusals waits alone, and no provider is asked', async () => {
  const { register, asked } = await registration((name) => `okta:${name}`);
  for (const _ of many(REFUSALS)) assert.is((await register('', '192.0.2.50')).statusCode, 401);
  const refused = await register('', '192.0.2.50');
  assert.is(refused.statusCode, 429);
  assert.equal(refused.json(), MESSAGE);
  assertRetryAfter(refused.headers['retry-after']);
  const before = asked();
  assert.is((await register('', '192.0.2.50')).statusCode, 429);
  assert.is(asked(), before);
  assert.is((await register('eve', '192.0.2.51')).statusCode, 200);
});

test.run();
