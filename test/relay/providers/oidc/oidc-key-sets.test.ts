// Which keys of an issuer's set count, and for which tokens.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROVIDER_LIMITS } from '../../../../relay/providers/limits.ts';
import { SHAPES, tokenOf } from '../../../helpers/oidc-issuer.ts';
import { json } from '../../../helpers/provider-servers.ts';
import { issuerFixture, next, old, other, WITHOUT_KID } from './issuer-fixture.ts';

const { okta } = SHAPES;
const issuer = await issuerFixture(test);
const { servers, publish, relay } = issuer;

const BROKEN: [what: string, body: unknown][] = [
  ['no key set', { not: 'keys' }],
  [
    'keys that are none',
    { keys: [{ kty: 'RSA', kid: 'old', alg: 'RS256', use: 'sig', n: 'AQAB', e: 'AQAB' }] },
  ],
  ['a text', 'keys'],
];
for (const [what, body] of BROKEN) {
  test(`a provider that publishes ${what} is not the caller's fault`, async () => {
    const { answers } = issuer;
    servers.answer = (request, response) =>
      request.url.endsWith('/keys') ? json(response, 200, body) : answers(request, response);
    assert.ok(await relay().isUnavailable(await tokenOf(okta, old)));
  });
}

const CERTIFICATES = Array.from({ length: 3 }, () => 'M'.repeat(1_200));

const BESIDE: [what: string, entry: unknown][] = [
  ['null', null],
  ['a key of an unknown kind', { kty: 'X-LATER', kid: 'later' }],
  ['a key without its members', { kty: 'RSA', kid: 'empty', use: 'sig', alg: 'RS256' }],
  ['certificates alone', { kty: 'RSA', kid: 'old', use: 'sig', alg: 'RS256', x5c: CERTIFICATES }],
];
for (const [what, entry] of BESIDE) {
  test(`${what} beside the key keeps nobody out, and is named in one log line`, async () => {
    publish(entry, old.publicJwk, entry);
    const { isLetIn, lines } = relay();
    assert.ok(await isLetIn(await tokenOf(okta, old)));
    assert.ok(await isLetIn(await tokenOf(okta, old, {}, WITHOUT_KID)));
    assert.is(lines.filter((line) => line.includes('"skipped":2')).length, 1);
  });
}

test('a set of 1,000 keys in 512 kB is read', async () => {
  const entries = Array.from({ length: 1_000 }, (_, n) => ({
    ...next.publicJwk,
    kid: `${n}`,
    note: 'x'.repeat(160),
  }));
  publish(...entries, old.publicJwk);
  assert.ok(JSON.stringify(entries).length > 512 * 1024);
  assert.ok(await relay().isLetIn(await tokenOf(okta, old)));
});

test('a key set that is too large is named in the log with the limit', async () => {
  publish({ ...old.publicJwk, note: 'x'.repeat(PROVIDER_LIMITS.oidcAnswerMaxBytes) });
  const { isUnavailable, lines } = relay();
  assert.ok(await isUnavailable(await tokenOf(okta, old)));
  const [line = '', ...more] = lines.filter((one) => one.includes('"ERROR"'));
  assert.match(line, /\/v1\/keys: answer too large: over 1048576 bytes/);
  assert.not.match(line, 'OIDC_ISSUER is not right');
  assert.equal(more, []);
});

test('a set without a usable key is named in the log with its address', async () => {
  publish({ kty: 'X-LATER' }, null);
  const { isUnavailable, lines } = relay();
  assert.ok(await isUnavailable(await tokenOf(okta, old)));
  assert.match(lines.join(), /\/v1\/keys has no usable key among 2/);
});

test('of two keys with the same id each is tried', async () => {
  const same = { ...next, kid: old.kid, publicJwk: { ...next.publicJwk, kid: old.kid } };
  issuer.published = [same, old];
  const { isLetIn } = relay();
  assert.ok(await isLetIn(await tokenOf(okta, old)));
  assert.ok(await isLetIn(await tokenOf(okta, same)));
  assert.not.ok(await isLetIn(await tokenOf(okta, other, {}, { kid: old.kid })));
});

test('a token without a key id is tried with each key', async () => {
  issuer.published = [next, old];
  const { isLetIn } = relay();
  for (const pair of issuer.published) assert.ok(await isLetIn(await tokenOf(okta, pair, {}, WITHOUT_KID)));
  assert.not.ok(await isLetIn(await tokenOf(okta, other, {}, WITHOUT_KID)));
});

test('a token without a key id is tried with no more keys than the limit', async () => {
  const entries = (count: number) => Array.from({ length: count }, () => next.publicJwk);
  const token = await tokenOf(okta, old, {}, WITHOUT_KID);
  publish(...entries(PROVIDER_LIMITS.oidcKeysTriedMax - 1), old.publicJwk);
  assert.ok(await relay().isLetIn(token));
  publish(...entries(PROVIDER_LIMITS.oidcKeysTriedMax), old.publicJwk);
  assert.not.ok(await relay().isLetIn(token));
});

test.run();
