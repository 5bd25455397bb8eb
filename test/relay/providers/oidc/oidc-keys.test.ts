import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROVIDER_LIMITS } from '../../../../relay/providers/limits.ts';
import { ProviderUnavailable } from '../../../../relay/providers/provider.ts';
import {
  answersOf,
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
