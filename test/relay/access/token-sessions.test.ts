import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ACCESS_LIMITS } from '../../../relay/access/limits.ts';
import { JoinRefusedError, TokenSessions } from '../../../relay/access/token-sessions.ts';
import type { Claims } from '../../../relay/identity/claims.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { joinedKey } from '../../../shared/keys.ts';
import type { Redis } from '../../../shared/redis.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import '../../helpers/patient-redis.ts';

const NOW = Math.floor(Date.now() / 1000);
const LIFE = 3600;
const MAX = 43_200;

const fixture = redisFixture(test, { history: { historySize: 10, historyTtlSeconds: 86_400 } });
let clock = NOW;
let lastToken = 0;

test.before.each(() => {
  clock = NOW;
});

const sessions = (maxSeconds = MAX) =>
  new TokenSessions({
    limits: ACCESS_LIMITS,
    redis: fixture.redis,
    eventLog: fixture.log,
    onRefused: () => {},
    maxSeconds,
    now: () => clock * 1000,
  });

function claimsOf(issuedAt: number | undefined = NOW): Claims {
  return { subject: 's', user: '', tokenId: `t${++lastToken}`, issuedAt, expiresAt: NOW + LIFE };
}

async function refusalOf(joining: Promise<void>): Promise<JoinRefusedError | undefined> {
  try {
    await joining;
    return undefined;
  } catch (error) {
    if (error instanceof JoinRefusedError) return error;
    throw error;
  }
}

const reasonOf = async (joining: Promise<void>) => (await refusalOf(joining))?.message;

test('an expired token joins again what it had joined, and nothing else', async () => {
  const [joined, other] = [uniqueConversation(), uniqueConversation()];
  const claims = claimsOf();
  await sessions().join(joined, claims);
  clock = NOW + LIFE;
  assert.is(await reasonOf(sessions().join(joined, claims)), undefined);
  assert.match((await reasonOf(sessions().join(other, claims))) ?? '', 'register again to join another');
  assert.match(
    (await reasonOf(sessions().join(joined, claimsOf()))) ?? '',
    'another',
    'a token of the same user',
  );
});

test('a finished conversation is open to a valid token and closed to an expired one', async () => {
  const conversation = uniqueConversation();
  const claims = claimsOf();
  await sessions().join(conversation, claims);
  await fixture.finish(conversation);
  assert.is(await reasonOf(sessions().join(conversation, claims)), undefined);
  clock = NOW + LIFE;
  assert.match((await reasonOf(sessions().join(conversation, claims))) ?? '', 'finished');
});

test('the note of a join lives as long as the session does, from the time of issue', async () => {
  const claims = claimsOf();
  clock = NOW + 1000;
  await sessions().join(uniqueConversation(), claims);
  const ttl = await fixture.redis.ttl(joinedKey(claims.tokenId));
  assert.ok(Math.abs(ttl - (MAX - 1000)) <= 60, String(ttl));
});

test('a token may come back to a limited number of its latest conversations', async () => {
  const claims = claimsOf();
  const joined = Array.from({ length: ACCESS_LIMITS.resumableMax + 1 }, () => uniqueConversation());
  for (const [index, conversation] of joined.entries()) {
    clock = NOW + index;
    await sessions().join(conversation, claims);
  }
  assert.is(await fixture.redis.zcard(joinedKey(claims.tokenId)), ACCESS_LIMITS.resumableMax);
  clock = NOW + LIFE;
  const [first, second] = joined as [ShortName, ShortName];
  assert.match((await reasonOf(sessions().join(first, claims))) ?? '', 'register again to join another');
  assert.is(await reasonOf(sessions().join(second, claims)), undefined);
});

test('an expired token is admitted while one of its conversations is not finished', async () => {
  const [call, next] = [uniqueConversation(), uniqueConversation()];
  const claims = claimsOf();
  const expired = { valid: false, fault: 'expired', claims } as const;
  clock = NOW + LIFE;
  assert.is(await sessions().admit(expired), undefined, 'it has joined nothing');
  clock = NOW;
  await sessions().join(call, claims);
  clock = NOW + LIFE;
  assert.is(await sessions().admit(expired), claims);
  assert.is((await refusalOf(sessions().join(next, claims)))?.mayGoOn, true, 'its call goes on');
  await fixture.finish(call);
  assert.is(await sessions().admit(expired), undefined);
  assert.is((await refusalOf(sessions().join(call, claims)))?.mayGoOn, false);
  assert.is((await refusalOf(sessions().join(next, claims)))?.mayGoOn, false);
});

test('an expired token is admitted while Redis cannot tell what it had joined', async () => {
  const claims = claimsOf();
  clock = NOW + LIFE;
  const away = { zrange: () => Promise.reject(new Error('away')) } as unknown as Redis;
  const cut = new TokenSessions({
    limits: ACCESS_LIMITS,
    redis: away,
    eventLog: fixture.log,
    onRefused: () => {},
    maxSeconds: MAX,
    now: () => clock * 1000,
  });
  assert.is(await cut.admit({ valid: false, fault: 'expired', claims }), claims);
});

test('a session ends at its time to the second', async () => {
  const conversation = uniqueConversation();
  const claims = claimsOf();
  await sessions().join(conversation, claims);
  clock = NOW + MAX - 1;
  assert.is(await reasonOf(sessions().join(conversation, claims)), undefined);
  assert.is(await sessions().admit({ valid: false, fault: 'expired', claims }), claims);
  clock = NOW + MAX;
  assert.is(await reasonOf(sessions().join(conversation, claims)), 'the token has expired: register again');
  assert.is(await sessions().admit({ valid: false, fault: 'expired', claims }), undefined);
});

for (const [name, maxSeconds, issuedAt] of [
  ['SESSION_MAX_SECONDS=0', 0, NOW],
  ['a session shorter than the token', LIFE - 1, NOW],
  ['a token without iat', MAX, undefined],
] as const) {
  test(`with ${name} a token ends at its expiry without a trace`, async () => {
    const conversation = uniqueConversation();
    const claims = { ...claimsOf(), issuedAt };
    clock = NOW + LIFE - 1;
    await sessions(maxSeconds).join(conversation, claims);
    assert.is(await fixture.redis.exists(joinedKey(claims.tokenId)), 0);
    clock = NOW + LIFE;
    assert.is(await sessions(maxSeconds).admit({ valid: false, fault: 'expired', claims }), undefined);
    assert.match((await reasonOf(sessions(maxSeconds).join(conversation, claims))) ?? '', 'register again');
  });
}

test('a valid token is admitted and a forged one is not', async () => {
  const claims = claimsOf();
  assert.is(await sessions().admit({ valid: true, claims }), claims);
  assert.is(await sessions().admit({ valid: false, fault: 'unparsable' }), undefined);
});

test('many requests of an expired token at once look up its conversations once', async () => {
  const claims = claimsOf();
  const joined = Array.from({ length: 20 }, () => uniqueConversation());
  for (const conversation of joined) await sessions().join(conversation, claims);
  clock = NOW + LIFE;
  let lookups = 0;
  const counting = new TokenSessions({
    limits: ACCESS_LIMITS,
    redis: fixture.redis,
    eventLog: {
      isFinished: (conversation) => {
        lookups++;
        return fixture.log.isFinished(conversation);
      },
    },
    onRefused: () => {},
    maxSeconds: MAX,
    now: () => clock * 1000,
  });
  const verdict = { valid: false, fault: 'expired', claims } as const;
  const admitted = await Promise.all(Array.from({ length: 30 }, () => counting.admit(verdict)));
  assert.equal(new Set(admitted), new Set([claims]));
  assert.is(lookups, joined.length);
});

test.run();
