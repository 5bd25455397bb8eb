// When the keys of an issuer are read, and what happens while it does not give them.
import type { JWK } from 'jose';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROVIDER_LIMITS } from '../../../../relay/providers/limits.ts';
import { SHAPES, type SigningPair, tokenOf } from '../../../helpers/oidc-issuer.ts';
import { undisturbed } from '../../../helpers/undisturbed.ts';
import { until } from '../../../helpers/until.ts';
import { issuerFixture, next, old, other, WITHOUT_KID } from './issuer-fixture.ts';

const { okta } = SHAPES;
const issuer = await issuerFixture(test);
const { servers, clock, later, reads, isDown, relay } = issuer;

test('the keys are read once for all tokens', async () => {
  const { isLetIn } = relay();
  const token = await tokenOf(okta, old);
  const verdicts = await Promise.all(Array.from({ length: 20 }, () => isLetIn(token)));
  assert.equal([...new Set(verdicts)], [true]);
  assert.ok(await isLetIn(token));
  assert.is(reads(), 1);
  assert.is(servers.requests.length, 2);
});

test('a token of a key that is new since then is taken: the keys are read again', async () => {
  const { isLetIn } = relay();
  assert.ok(await isLetIn(await tokenOf(okta, old)));
  issuer.published = [old, next];
  later(PROVIDER_LIMITS.oidcKeysCooldownMs + 1_000);
  assert.ok(await isLetIn(await tokenOf(okta, next)));
  assert.is(reads(), 2);
});

test('tokens of unknown keys make the relay read keys only now and then', async () => {
  const { isLetIn } = relay();
  assert.ok(await isLetIn(await tokenOf(okta, old)));
  for (let i = 0; i < 50; i++)
    assert.not.ok(await isLetIn(await tokenOf(okta, other, {}, { kid: `kid-${i}` })));
  assert.is(reads(), 1);
  later(PROVIDER_LIMITS.oidcKeysCooldownMs + 1_000);
  for (let i = 0; i < 50; i++)
    assert.not.ok(await isLetIn(await tokenOf(okta, other, {}, { kid: `kid-${i}` })));
  assert.is(reads(), 2);
});

test('a key that was withdrawn is forgotten when the keys are old', async () => {
  const { isLetIn } = relay();
  const token = await tokenOf(okta, old, { exp: Math.floor(clock() / 1000) + 7200 });
  assert.ok(await isLetIn(token));
  issuer.published = [next];
  assert.ok(await isLetIn(token));
  later(PROVIDER_LIMITS.oidcKeysMaxAgeMs + 1_000);
  assert.not.ok(await isLetIn(token));
});

test('a provider that is down keeps nobody out whose key is known', async () => {
  const { isLetIn, isUnavailable } = relay();
  const token = await tokenOf(okta, old);
  assert.ok(await isLetIn(token));
  isDown();
  later(PROVIDER_LIMITS.oidcKeysCooldownMs + 1_000);
  assert.ok(await isUnavailable(await tokenOf(okta, other)));
  assert.ok(await isLetIn(token));
});

test('while the provider is down, forged tokens make the relay ask it once in a while', async () => {
  const { isLetIn, isUnavailable } = relay();
  const token = await tokenOf(okta, old);
  assert.ok(await isLetIn(token));
  isDown();
  later(PROVIDER_LIMITS.oidcKeysCooldownMs + 1_000);
  servers.requests.length = 0;
  for (const kid of ['unknown', 'old'])
    for (let i = 0; i < 20; i++) assert.ok(await isUnavailable(await tokenOf(okta, other, {}, { kid })));
  assert.is(servers.requests.length, 1);
  later(2 * (PROVIDER_LIMITS.oidcKeysCooldownMs + 1_000));
  assert.ok(await isUnavailable(await tokenOf(okta, other)));
  assert.is(servers.requests.length, 2);
  assert.ok(await isLetIn(token));
});

test('old keys and a provider that is down: nobody is judged until it is back', async () => {
  const { isLetIn, isUnavailable } = relay();
  const token = await tokenOf(okta, old, { exp: Math.floor(clock() / 1000) + 7200 });
  assert.ok(await isLetIn(token));
  isDown();
  later(PROVIDER_LIMITS.oidcKeysMaxAgeMs + 1_000);
  assert.ok(await isUnavailable(token));
  servers.answer = issuer.answers;
  assert.ok(await isLetIn(token));
});

test('a relay that started without its provider finds it later', async () => {
  isDown();
  const { isLetIn, isUnavailable } = relay();
  const token = await tokenOf(okta, old);
  assert.ok(await isUnavailable(token));
  servers.answer = issuer.answers;
  assert.ok(await isLetIn(token));
});

const SLOW = ['/openid-configuration', '/keys'];
for (const slow of SLOW) {
  test(`a provider whose ${slow} never answers is given up and asked again later`, async () => {
    const { answers } = issuer;
    servers.answer = (request, response) =>
      request.url.endsWith(slow) ? undefined : answers(request, response);
    const { isLetIn, isUnavailable } = relay(300);
    const token = await tokenOf(okta, old);
    assert.ok(await isUnavailable(token));
    servers.answer = answers;
    // The call that hangs has to run into its own limit first.
    await until(() => isLetIn(token).catch(() => false));
  });
}

for (const kid of [undefined, 'the-same']) {
  test(`tokens with the key id ${kid} are taken when the issuer has rotated its key`, async () => {
    const named = (pair: SigningPair) => ({ ...pair, publicJwk: { ...pair.publicJwk, kid } as JWK });
    issuer.published = [named(old)];
    const { isLetIn } = relay();
    const tokenWith = (pair: SigningPair) => tokenOf(okta, pair, {}, kid ? { kid } : WITHOUT_KID);
    assert.ok(await isLetIn(await tokenWith(old)));
    issuer.published = [named(next)];
    for (let i = 0; i < 50; i++) assert.not.ok(await isLetIn(await tokenWith(other)));
    assert.is(reads(), 1, 'forged tokens make the relay read within the cooldown');
    later(PROVIDER_LIMITS.oidcKeysCooldownMs + 1_000);
    assert.ok(await isLetIn(await tokenWith(next)));
    for (let i = 0; i < 50; i++) assert.not.ok(await isLetIn(await tokenWith(other)));
    assert.is(reads(), 2);
  });
}

/** The issuer takes this time for each answer. */
const delayed = (ms: number) => {
  const { answers } = issuer;
  servers.answer = (request, response) => setTimeout(() => answers(request, response), ms);
};

test('300 callers share one read of a provider that is nearly too slow', () =>
  undisturbed(async () => {
    delayed(1_500);
    const { isLetIn } = relay(2_500);
    const token = await tokenOf(okta, old);
    const verdicts = await Promise.all(Array.from({ length: 300 }, () => isLetIn(token)));
    assert.equal([...new Set(verdicts)], [true]);
    assert.is(servers.requests.length, 2);
  }));

test('a provider over the limit is called slow and asked once for 300 callers', async () => {
  delayed(500);
  const { faultOf } = relay(200);
  const token = await tokenOf(okta, old);
  const faults = await Promise.all(Array.from({ length: 300 }, () => faultOf(token)));
  assert.equal([...new Set(faults)], ['oidc: the provider is slow: it has not answered within 0.2 s']);
  assert.is(servers.requests.length, 1);
});

test.run();
