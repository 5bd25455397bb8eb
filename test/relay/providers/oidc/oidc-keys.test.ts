import type { JWK } from 'jose';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROVIDER_LIMITS } from '../../../../relay/providers/limits.ts';
import { ProviderUnavailable } from '../../../../relay/providers/provider.ts';
import {
  answersOf,
  type Changes,
  envOf,
  SHAPES,
  type SigningPair,
  signingPair,
  tokenOf,
} from '../../../helpers/oidc-issuer.ts';
import { json, providerServers } from '../../../helpers/provider-servers.ts';
import { until } from '../../../helpers/until.ts';
import { setUp } from '../provider-setup.ts';

const { okta, auth0 } = SHAPES;
const [old, next, other] = await Promise.all([signingPair('old'), signingPair('next'), signingPair('other')]);

const WITHOUT_KID: Changes = { kid: undefined };

let published: SigningPair[] = [];
const servers = await providerServers(
  test,
  answersOf(okta, () => published),
);
const clock = Date.now;
test.before.each(() => {
  published = [old];
});
test.after.each(() => {
  Date.now = clock;
});

const later = (ms: number) => {
  Date.now = () => clock() + ms;
};
const reads = () => servers.requests.filter(({ url }) => url.endsWith('/keys')).length;
const isDown = () => {
  servers.answer = (_request, response) => json(response, 503, {});
};

function relay(timeoutMs?: number) {
  const { providers, lines } = setUp(envOf(okta), {
    ...servers,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  return {
    lines,
    isLetIn: async (token: string) => (await providers.verify(token)) !== undefined,
    faultOf: (token: string) => providers.verify(token).then(String, (error: Error) => error.message),
    isUnavailable: (token: string) =>
      providers.verify(token).then(
        () => false,
        (error: unknown) => error instanceof ProviderUnavailable && !error.message.includes(token),
      ),
  };
}

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
  published = [old, next];
  later(PROVIDER_LIMITS.oidcKeysCooldownMs + 1_000);
  assert.ok(await isLetIn(await tokenOf(okta, next)));
  assert.is(reads(), 2);
});

test('tokens of keys that nobody published make the relay read once in a while, and not each time', async () => {
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
  published = [next];
  assert.ok(await isLetIn(token));
  later(PROVIDER_LIMITS.oidcKeysMaxAgeMs + 1_000);
  assert.not.ok(await isLetIn(token));
});

test('a provider that is down keeps nobody out whose key is known, whatever strangers send', async () => {
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

test('when the keys are old and the provider is down nobody is judged, and all is well when it is back', async () => {
  const { isLetIn, isUnavailable } = relay();
  const token = await tokenOf(okta, old, { exp: Math.floor(clock() / 1000) + 7200 });
  assert.ok(await isLetIn(token));
  isDown();
  later(PROVIDER_LIMITS.oidcKeysMaxAgeMs + 1_000);
  assert.ok(await isUnavailable(token));
  servers.answer = answersOf(okta, () => published);
  assert.ok(await isLetIn(token));
});

test('a relay that started without its provider finds it later', async () => {
  isDown();
  const { isLetIn, isUnavailable } = relay();
  const token = await tokenOf(okta, old);
  assert.ok(await isUnavailable(token));
  servers.answer = answersOf(okta, () => published);
  assert.ok(await isLetIn(token));
});

const SLOW = ['/openid-configuration', '/keys'];
for (const slow of SLOW) {
  test(`a provider whose ${slow} never answers is given up, and asked anew the next time`, async () => {
    const answers = answersOf(okta, () => published);
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
    const answers = answersOf(okta, () => published);
    servers.answer = (request, response) =>
      request.url.endsWith('/keys') ? json(response, 200, body) : answers(request, response);
    assert.ok(await relay().isUnavailable(await tokenOf(okta, old)));
  });
}

/** The issuer's answers with these entries in its key set. */
const publishing = (...entries: unknown[]) => {
  const answers = answersOf(okta, () => []);
  servers.answer = (request, response) =>
    request.url.endsWith('/keys') ? json(response, 200, { keys: entries }) : answers(request, response);
};
const CERTIFICATES = Array.from({ length: 3 }, () => 'M'.repeat(1_200));

const BESIDE: [what: string, entry: unknown][] = [
  ['null', null],
  ['a key of an unknown kind', { kty: 'X-LATER', kid: 'later' }],
  ['a key without its members', { kty: 'RSA', kid: 'empty', use: 'sig', alg: 'RS256' }],
  ['certificates alone', { kty: 'RSA', kid: 'old', use: 'sig', alg: 'RS256', x5c: CERTIFICATES }],
];
for (const [what, entry] of BESIDE) {
  test(`${what} beside the key keeps nobody out, and is named in one log line`, async () => {
    publishing(entry, old.publicJwk, entry);
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
  publishing(...entries, old.publicJwk);
  assert.ok(JSON.stringify(entries).length > 512 * 1024);
  assert.ok(await relay().isLetIn(await tokenOf(okta, old)));
});

test('a key set that is too large is named in the log with the limit', async () => {
  publishing({ ...old.publicJwk, note: 'x'.repeat(PROVIDER_LIMITS.oidcAnswerMaxBytes) });
  const { isUnavailable, lines } = relay();
  assert.ok(await isUnavailable(await tokenOf(okta, old)));
  const [line = '', ...more] = lines.filter((one) => one.includes('"ERROR"'));
  assert.match(line, /\/v1\/keys: answer too large: over 1048576 bytes/);
  assert.not.match(line, 'OIDC_ISSUER is not right');
  assert.equal(more, []);
});

test('a set without a usable key is named in the log with its address', async () => {
  publishing({ kty: 'X-LATER' }, null);
  const { isUnavailable, lines } = relay();
  assert.ok(await isUnavailable(await tokenOf(okta, old)));
  assert.match(lines.join(), /\/v1\/keys has no usable key among 2/);
});

test('of two keys with the same id each is tried', async () => {
  const same = { ...next, kid: old.kid, publicJwk: { ...next.publicJwk, kid: old.kid } };
  published = [same, old];
  const { isLetIn } = relay();
  assert.ok(await isLetIn(await tokenOf(okta, old)));
  assert.ok(await isLetIn(await tokenOf(okta, same)));
  assert.not.ok(await isLetIn(await tokenOf(okta, other, {}, { kid: old.kid })));
});

test('a token without a key id is tried with each key', async () => {
  published = [next, old];
  const { isLetIn } = relay();
  for (const pair of published) assert.ok(await isLetIn(await tokenOf(okta, pair, {}, WITHOUT_KID)));
  assert.not.ok(await isLetIn(await tokenOf(okta, other, {}, WITHOUT_KID)));
});

test('a token without a key id is tried with no more keys than the limit', async () => {
  const entries = (count: number) => Array.from({ length: count }, () => next.publicJwk);
  const token = await tokenOf(okta, old, {}, WITHOUT_KID);
  publishing(...entries(PROVIDER_LIMITS.oidcKeysTriedMax - 1), old.publicJwk);
  assert.ok(await relay().isLetIn(token));
  publishing(...entries(PROVIDER_LIMITS.oidcKeysTriedMax), old.publicJwk);
  assert.not.ok(await relay().isLetIn(token));
});

for (const kid of [undefined, 'the-same']) {
  test(`tokens with the key id ${kid} are taken when the issuer has rotated its key`, async () => {
    const named = (pair: SigningPair) => ({ ...pair, publicJwk: { ...pair.publicJwk, kid } as JWK });
    published = [named(old)];
    const { isLetIn } = relay();
    const tokenWith = (pair: SigningPair) => tokenOf(okta, pair, {}, kid ? { kid } : WITHOUT_KID);
    assert.ok(await isLetIn(await tokenWith(old)));
    published = [named(next)];
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
  const answers = answersOf(okta, () => published);
  servers.answer = (request, response) => setTimeout(() => answers(request, response), ms);
};

test('300 callers wait for one read of a provider that takes most of the limit for each answer', async () => {
  delayed(1_500);
  const { isLetIn } = relay(2_500);
  const token = await tokenOf(okta, old);
  const verdicts = await Promise.all(Array.from({ length: 300 }, () => isLetIn(token)));
  assert.equal([...new Set(verdicts)], [true]);
  assert.is(servers.requests.length, 2);
});

test('a provider that takes longer than the limit is called slow, and is asked once for 300 callers', async () => {
  delayed(500);
  const { faultOf } = relay(200);
  const token = await tokenOf(okta, old);
  const faults = await Promise.all(Array.from({ length: 300 }, () => faultOf(token)));
  assert.equal([...new Set(faults)], ['oidc: the provider is slow: it has not answered within 0.2 s']);
  assert.is(servers.requests.length, 1);
});

const discovered = (document: object) => {
  servers.answer = (_request, response) => json(response, 200, document);
};
const MISCONFIGURED: [what: string, answer: () => void, named: RegExp][] = [
  [
    'names another issuer',
    () => discovered({ issuer: `${okta.issuer}/`, jwks_uri: okta.keysUrl }),
    /OIDC_ISSUER is not the issuer that .*: set it to https:\/\/example\.okta\.com\/oauth2\/default\/, if/,
  ],
  ['names no issuer', () => discovered({ jwks_uri: okta.keysUrl }), /OIDC_ISSUER .* names none/],
  [
    'names keys without TLS',
    () => discovered({ issuer: okta.issuer, jwks_uri: 'http://example.okta.com/keys' }),
    /OIDC_ISSUER .* no https URL of its keys/,
  ],
  ['names no keys', () => discovered({ issuer: okta.issuer }), /OIDC_ISSUER .* no https URL of its keys/],
  [
    'is not there',
    () => {
      servers.answer = (_request, response) => json(response, 404, {});
    },
    /OIDC_ISSUER is not right.*openid-configuration/,
  ],
];
for (const [what, answer, named] of MISCONFIGURED) {
  test(`a discovery document that ${what} is named once in the log, before anybody comes`, async () => {
    answer();
    const { lines, isUnavailable } = relay();
    await until(() => lines.some((line) => named.test(line)));
    assert.ok(await isUnavailable(await tokenOf(okta, old)));
    assert.ok(await isUnavailable(await tokenOf(okta, old)));
    assert.is(lines.filter((line) => line.includes('"ERROR"') && named.test(line)).length, 1);
  });
}

test('the document of an issuer with a slash at its end is found without doubling it', async () => {
  servers.answer = answersOf(auth0, () => published);
  const { providers } = setUp(envOf(auth0), servers);
  assert.ok(await providers.verify(await tokenOf(auth0, old)));
  assert.is(servers.requests[0]?.url, '/.well-known/openid-configuration');
});

test.run();
