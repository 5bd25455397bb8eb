import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TokenBucket } from '../../../relay/rate-limits/token-bucket.ts';
import { SESSION_LIMITS } from '../../../relay/session/limits.ts';

const takeAll = (bucket: TokenBucket) => {
  let taken = 0;
  while (bucket.take()) taken++;
  return taken;
};

test('a bucket gives its burst at once, and no more', () => {
  assert.is(takeAll(new TokenBucket({ burst: 5, perSecond: 2 }, () => 0)), 5);
});

test('it fills again as time goes by, up to its burst', () => {
  let now = 0;
  const bucket = new TokenBucket({ burst: 5, perSecond: 2 }, () => now);
  takeAll(bucket);
  now = 1_000;
  assert.is(takeAll(bucket), 2);
  now = 1_000_000;
  assert.is(takeAll(bucket), 5);
});

test('attempts that were refused do not put it off', () => {
  let now = 0;
  const bucket = new TokenBucket({ burst: 1, perSecond: 1 }, () => now);
  takeAll(bucket);
  for (now = 100; now < 1_000; now += 100) assert.not.ok(bucket.take());
  now = 1_001;
  assert.ok(bucket.take());
});

test('a connection may join all that it may have joined, and as much again, at once', () => {
  assert.ok(takeAll(new TokenBucket(SESSION_LIMITS.joinRate, () => 0)) >= 2 * SESSION_LIMITS.joinedMax);
  assert.ok(
    SESSION_LIMITS.frameRate.burst > SESSION_LIMITS.joinRate.burst &&
      SESSION_LIMITS.frameRate.perSecond > SESSION_LIMITS.joinRate.perSecond,
  );
});

test.run();
