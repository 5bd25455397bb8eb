import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fieldOf, type Holder } from '../../../relay/access/revocation-record.ts';
import { Revocations } from '../../../relay/access/revocations.ts';
import { REVOCATIONS_KEY } from '../../../shared/keys.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import '../../helpers/patient-redis.ts';

const START = 1_800_000_000_000;
const MAX_SECONDS = 3_600;

const fixture = redisFixture(test);
let now = START;

test.before.each(async () => {
  now = START;
  await fixture.redis.flushall();
});

/** The revocations as one relay has them. */
const relay = (redis = fixture.redis) => new Revocations({ redis, maxSeconds: MAX_SECONDS, now: () => now });

/** A token that was issued so many seconds after the start. */
const token = (tokenId: string, subject: string, after = -60): Holder => ({
  tokenId,
  subject,
  issuedAt: START / 1000 + after,
});

test('a token that was revoked is known to every relay at once, and no other token is', async () => {
  await relay().revoke({ jti: 'one' });
  assert.ok(await relay().isRevoked(token('one', 'okta:ann')));
  assert.not.ok(await relay().isRevoked(token('two', 'okta:ann')));
});

test('a revoked identity loses all its tokens, but not one that is issued later', async () => {
  await relay().revoke({ sub: 'okta:ann' });
  assert.ok(await relay().isRevoked(token('one', 'okta:ann')));
  assert.ok(await relay().isRevoked({ ...token('two', 'okta:ann'), issuedAt: undefined }));
  assert.not.ok(await relay().isRevoked(token('three', 'okta:ann', 5)));
  assert.not.ok(await relay().isRevoked(token('four', 'okta:bob')));
});

test('a token that looks a little younger than the revocation is revoked, too', async () => {
  await relay().revoke({ sub: 'okta:ann' });
  assert.ok(await relay().isRevoked(token('one', 'okta:ann', 1)));
});

test("a revoked conversation alone is closed to all tokens, for a session's life", async () => {
  const [closed, other] = [uniqueConversation(), uniqueConversation()];
  await relay().revoke({ conversation: closed });
  assert.ok(await relay().isRevoked(token('one', 'okta:ann'), closed));
  assert.not.ok(await relay().isRevoked(token('one', 'okta:ann'), other));
  assert.not.ok(await relay().isRevoked(token('one', 'okta:ann')));
  assert.ok(await relay().isRevoked(token('two', 'okta:ann', MAX_SECONDS), closed));
  assert.not.ok(await relay().isRevoked(token('three', 'okta:ann', MAX_SECONDS + 5), closed));
});

test('a revocation for a time applies to tokens of that time, until the last one ends', async () => {
  const until = await relay().revoke({ sub: 'okta:ann' }, { blockSeconds: 10_000 });
  assert.ok(await relay().isRevoked(token('one', 'okta:ann', 10_000)));
  assert.not.ok(await relay().isRevoked(token('two', 'okta:ann', 10_005)));
  assert.ok(until.getTime() >= START + (10_000 + MAX_SECONDS) * 1000);
  // A shorter one that is made by a relay which has not seen the other does not end that early.
  await relay().revoke({ jti: 'three' });
  assert.ok((await fixture.redis.pexpiretime(REVOCATIONS_KEY)) >= until.getTime());
});

test('of two revocations of the same the later one counts, even if it applies to less', async () => {
  const watching = relay();
  await watching.revoke({ sub: 'okta:ann' }, { blockSeconds: 600 });
  await watching.poll();
  now += 1_000;
  await relay().revoke({ sub: 'okta:ann' });
  await watching.poll();
  assert.ok(watching.knows(token('one', 'okta:ann', 1)));
  assert.not.ok(watching.knows(token('two', 'okta:ann', 5)));
});

test('a registration is judged by the time at which the provider vouched for the agent', async () => {
  await relay().revoke({ sub: 'okta:ann' });
  const at = START / 1000;
  assert.ok(await relay().isRevoked({ subject: 'okta:ann', issuedAt: at - 60 }));
  assert.not.ok(await relay().isRevoked({ subject: 'okta:ann', issuedAt: at + 5 }));
  assert.not.ok(await relay().isRevoked({ subject: 'okta:bob', issuedAt: at - 60 }));
});

test('a relay writes back, and enforces, a revocation that Redis lost before any poll', async () => {
  const taking = relay();
  await taking.revoke({ jti: 'before' });
  await taking.poll();
  const before = await fixture.redis.dumpBuffer(REVOCATIONS_KEY);
  await taking.revoke({ jti: 'one' });
  // A fail-over to a replica that has not got so far.
  await fixture.redis.restore(REVOCATIONS_KEY, 0, before, 'REPLACE');
  assert.ok(await taking.poll(), 'there is something to act on');
  assert.ok(await relay().isRevoked(token('one', 'okta:ann')));
});

test('revocations keep the form that older builds know, and those of such builds count', async () => {
  const conversation = uniqueConversation();
  await relay().revoke({ sub: 'okta:ann' });
  await relay().revoke({ sub: 'okta:bob' }, { blockSeconds: 60 });
  await relay().revoke({ conversation }, { erases: true });
  const targets = [{ sub: 'okta:ann' }, { sub: 'okta:bob' }, { conversation }];
  const kept = await fixture.redis.hmget(REVOCATIONS_KEY, ...targets.map(fieldOf));
  assert.match(kept[0] ?? '', /^\d+ \d+$/);
  assert.match(kept[1] ?? '', /^\d+ \d+$/);
  assert.match(kept[2] ?? '', /^\d+ \d+ erase$/);

  const until = START + MAX_SECONDS * 1000;
  await fixture.redis.hset(
    REVOCATIONS_KEY,
    fieldOf({ sub: 'okta:eve' }),
    `${START} ${until}`,
    'version',
    'theirs',
  );
  const watching = relay();
  await watching.poll();
  for (const known of [
    await relay().isRevoked(token('one', 'okta:eve')),
    watching.knows(token('one', 'okta:eve')),
  ])
    assert.ok(known);
  assert.not.ok(watching.knows(token('two', 'okta:eve', 5)));
});

test('a later revocation by an older build ends a revocation for a time', async () => {
  await relay().revoke({ sub: 'okta:ann' }, { blockSeconds: 600 });
  assert.ok(await relay().isRevoked(token('one', 'okta:ann', 300)));
  const until = START + MAX_SECONDS * 1000;
  await fixture.redis.hset(REVOCATIONS_KEY, fieldOf({ sub: 'okta:ann' }), `${START + 1} ${until}`);
  assert.ok(await relay().isRevoked(token('two', 'okta:ann', 1)));
  assert.not.ok(await relay().isRevoked(token('three', 'okta:ann', 300)));
});

test("of two revocations the later one counts, even if its relay's clock is behind", async () => {
  const ahead = new Revocations({
    redis: fixture.redis,
    maxSeconds: MAX_SECONDS,
    now: () => now + 5_000,
  });
  const behind = relay();
  await ahead.revoke({ sub: 'okta:ann' }, { blockSeconds: 600 });
  await behind.poll();
  await behind.revoke({ sub: 'okta:ann' });
  await ahead.poll();
  assert.not.ok(ahead.knows(token('one', 'okta:ann', 300)));
  assert.not.ok(await relay().isRevoked(token('one', 'okta:ann', 300)));
});

test('a token without an identity is revoked by its id alone', async () => {
  await relay().revoke({ sub: 'okta:ann' });
  assert.not.ok(await relay().isRevoked(token('one', '')));
});

test('a look finds what others have revoked since the last one', async () => {
  const watching = relay();
  assert.not.ok(await watching.poll());
  await relay().revoke({ jti: 'one' });
  assert.not.ok(watching.knows(token('one', 'okta:ann')));
  assert.ok(await watching.poll());
  assert.ok(watching.knows(token('one', 'okta:ann')));
  assert.not.ok(await watching.poll());
});

test('a revocation ends with the last token that it applies to, also in Redis', async () => {
  const watching = relay();
  const until = await watching.revoke({ jti: 'one' });
  await watching.poll();
  assert.ok(until.getTime() >= START + MAX_SECONDS * 1000);
  assert.ok((await fixture.redis.pttl(REVOCATIONS_KEY)) > 0);
  now = until.getTime() - 1;
  assert.ok(await watching.isRevoked(token('one', 'okta:ann')));
  now = until.getTime();
  assert.not.ok(await watching.isRevoked(token('one', 'okta:ann')));
  await watching.revoke({ jti: 'two' });
  await watching.poll();
  assert.is(await fixture.redis.hlen(REVOCATIONS_KEY), 2); // the other's field and the version
});

test('what Redis has lost, a relay that has seen it writes back', async () => {
  const watching = relay();
  await watching.revoke({ jti: 'one' });
  await watching.poll();
  await fixture.redis.flushall();
  await watching.poll();
  assert.ok(await relay().isRevoked(token('one', 'okta:ann')));
});

test('a revocation made while Redis lacked others is kept when they are written back', async () => {
  const watching = relay();
  await watching.revoke({ jti: 'one' });
  await watching.poll();
  await fixture.redis.flushall();
  await relay().revoke({ jti: 'two' });
  await watching.poll();
  const fresh = relay();
  assert.equal(
    [await fresh.isRevoked(token('one', '')), await fresh.isRevoked(token('two', ''))],
    [true, true],
  );
  assert.ok(watching.knows(token('two', '')));
});

test('Redis holds neither whose tokens were revoked nor which conversation', async () => {
  const conversation = uniqueConversation();
  const revocations = relay();
  await revocations.revoke({ sub: 'okta:ann' });
  await revocations.revoke({ conversation });
  const kept = JSON.stringify(await fixture.redis.hgetall(REVOCATIONS_KEY));
  assert.not.match(kept, 'okta');
  assert.not.match(kept, conversation);
});

test('without Redis nothing counts as good: neither a revocation nor a check is done', async () => {
  const lost = fixture.client({ ...fixture.server.redisConfig, redisPort: 1 }, { retryStrategy: () => null });
  const revocations = relay(lost);
  for (const attempt of [
    () => revocations.revoke({ jti: 'one' }),
    () => revocations.isRevoked(token('one', '')),
  ]) {
    const failed = await attempt().then(
      () => false,
      () => true,
    );
    assert.ok(failed, String(attempt));
  }
});

test.run();
