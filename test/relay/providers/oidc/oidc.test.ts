import { createHmac } from 'node:crypto';
import { decodeJwt, exportSPKI, importJWK, SignJWT } from 'jose';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  answersOf,
  type Changes,
  envOf,
  SHAPES,
  signingPair,
  tokenOf,
} from '../../../helpers/oidc-issuer.ts';
import { providerServers } from '../../../helpers/provider-servers.ts';
import { setUp } from '../provider-setup.ts';

const servers = await providerServers(test);

const pair = await signingPair('key-1');
const stranger = await signingPair('key-1');
const now = () => Math.floor(Date.now() / 1000);

/** What becomes of a token, with all that was logged about it. */
async function verdictOn(
  shape: (typeof SHAPES)[keyof typeof SHAPES],
  token: string,
  env: Record<string, string> = {},
) {
  servers.answer = answersOf(shape, () => [pair]);
  const { providers, lines } = setUp(envOf(shape, env), servers);
  return { identity: await providers.verify(`Bearer ${token}`), lines };
}

for (const [name, shape] of Object.entries(SHAPES)) {
  test(`a user of ${name} is let in, as the issuer and the subject`, async () => {
    const iat = 1_750_000_000;
    const { identity } = await verdictOn(shape, await tokenOf(shape, pair, { iat }));
    assert.equal(identity, { subject: `oidc:${shape.issuer}:${shape.subject}`, vouchedAt: iat });
  });
}

const { okta, entra, google, auth0 } = SHAPES;

test('the token of a provider that signs with elliptic curves is taken', async () => {
  const curve = await signingPair('curve', 'ES256');
  const shape = { ...okta, alg: 'ES256' as const };
  servers.answer = answersOf(shape, () => [pair, curve]);
  const { providers } = setUp(envOf(shape), servers);
  assert.ok(await providers.verify(await tokenOf(shape, curve)));
});

test('of several audiences one is enough', async () => {
  const env = { OIDC_AUDIENCE: `other, ${okta.audience}` };
  assert.ok((await verdictOn(okta, await tokenOf(okta, pair), env)).identity);
  assert.ok((await verdictOn(okta, await tokenOf(okta, pair, { aud: 'other' }), env)).identity);
});

test('the issuer of Google may lack its scheme, and the subject stays the same', async () => {
  const { identity } = await verdictOn(google, await tokenOf(google, pair, { iss: 'accounts.google.com' }));
  assert.is(identity?.subject, `oidc:https://accounts.google.com:${google.subject}`);
});

const TYPES = ['JWT', 'jwt', 'at+jwt', 'application/at+jwt', undefined];
for (const typ of TYPES) {
  test(`a token of the type ${typ} is taken`, async () => {
    assert.ok((await verdictOn(okta, await tokenOf(okta, pair, {}, typ ? { typ } : {}))).identity);
  });
}

for (const skew of [-50, 50]) {
  test(`a clock that is off by ${skew} seconds keeps nobody out`, async () => {
    const claims = { iat: now() + skew, nbf: now() + skew, exp: now() + Math.min(skew, 3600) };
    assert.ok((await verdictOn(okta, await tokenOf(okta, pair, claims))).identity);
  });
}

const BAD: [what: string, claims: Changes, header?: Changes][] = [
  ['for another audience', { aud: 'https://graph.microsoft.com' }],
  ['for the audience in another case', { aud: okta.audience.toUpperCase() }],
  ['without an audience', { aud: undefined }],
  ['whose audience is a part of ours', { aud: 'api://agent' }],
  ['for several that does not say for which', { aud: [okta.audience, 'other'], azp: undefined }],
  ['that has expired', { exp: now() - 90 }],
  ['without an expiry', { exp: undefined }],
  ['whose expiry is a text', { exp: String(now() + 3600) }],
  ['of the future', { nbf: now() + 300 }],
  ['without a time of issue', { iat: undefined }],
  ['without a subject', { sub: undefined }],
  ['whose subject is empty', { sub: '' }],
  ['whose subject is no text', { sub: 5 }],
  ['whose subject is a whole page', { sub: 'x'.repeat(257) }],
  ['of a logout', { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }],
  ['whose header says that it is of a logout', {}, { typ: 'logout+jwt' }],
  ['whose header has a type that is no text', {}, { typ: false }],
  ['whose header says that it is a proof', {}, { typ: 'dpop+jwt' }],
];
for (const [what, claims, header] of BAD) {
  test(`a token ${what} lets nobody in`, async () => {
    const { identity, lines } = await verdictOn(okta, await tokenOf(okta, pair, claims, header));
    assert.is(identity, undefined);
    assert.match(lines.join(), 'registration refused');
  });
}

test('a token that demands an extension which we do not know lets nobody in', async () => {
  const token = await new SignJWT(decodeJwt(await tokenOf(okta, pair)))
    .setProtectedHeader({
      alg: 'RS256',
      kid: pair.kid,
      crit: ['x-secret-extension'],
      'x-secret-extension': 1,
    })
    .sign(pair.privateKey, { crit: { 'x-secret-extension': true } });
  const { identity, lines } = await verdictOn(okta, token);
  assert.is(identity, undefined);
  assert.not.match(lines.join(), 'x-secret-extension');
});

const ISSUERS = [
  `${okta.issuer}/`,
  'https://example.okta.com',
  'https://evil.example',
  undefined,
  [okta.issuer],
];
for (const iss of ISSUERS) {
  test(`a token of the issuer ${iss} lets nobody in, even when the caller names OIDC`, async () => {
    servers.answer = answersOf(okta, () => [pair]);
    const { providers } = setUp(envOf(okta), servers);
    assert.is(await providers.verify(await tokenOf(okta, pair, { iss }), 'OIDC'), undefined);
  });
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test('a token that is signed with another key of the same name lets nobody in', async () => {
  assert.is((await verdictOn(okta, await tokenOf(okta, stranger))).identity, undefined);
});

test('a token without a signature lets nobody in, whatever it calls that', async () => {
  const [, payload] = (await tokenOf(okta, pair)).split('.');
  for (const alg of ['none', 'None', 'NONE', ''])
    for (const signature of ['', 'c2ln'])
      assert.is(
        (await verdictOn(okta, `${encode({ alg, kid: 'key-1' })}.${payload}.${signature}`)).identity,
        undefined,
      );
});

test("a token signed with the issuer's public key as a secret is refused", async () => {
  const [, payload] = (await tokenOf(okta, pair)).split('.');
  const publicKey = (await importJWK(pair.publicJwk, 'RS256', { extractable: true })) as CryptoKey;
  const secrets = [await exportSPKI(publicKey), JSON.stringify(pair.publicJwk), pair.publicJwk.n ?? '', ''];
  for (const alg of ['HS256', 'HS384', 'HS512'])
    for (const secret of secrets) {
      const signed = `${encode({ alg, kid: 'key-1', typ: 'JWT' })}.${payload}`;
      const signature = createHmac(`sha${alg.slice(2)}`, secret)
        .update(signed)
        .digest('base64url');
      assert.is((await verdictOn(okta, `${signed}.${signature}`)).identity, undefined);
    }
});

test('a key that the token brings along, or says where to find, is not looked at', async () => {
  const elsewhere = {
    jku: 'https://evil.example/keys',
    x5u: 'https://evil.example/cert',
    jwk: stranger.publicJwk,
  };
  servers.requests.length = 0;
  const token = await tokenOf(okta, stranger, {}, { ...elsewhere, x5c: ['MIIB'] });
  assert.is((await verdictOn(okta, token)).identity, undefined);
  assert.ok((await verdictOn(okta, await tokenOf(okta, pair, {}, elsewhere))).identity);
  assert.equal([...new Set(servers.requests.map(({ host }) => host))], ['example.okta.com']);
});

const REQUIRED: [shape: typeof okta, env: string, claims: Changes, isLetIn: boolean][] = [
  [google, 'hd=example.com', { hd: 'evil.example' }, false],
  [google, 'hd=example.com', { hd: undefined }, false],
  [google, 'hd=example.org|example.com', {}, true],
  [google, 'hd=example.com,email_verified=true', { email_verified: 'true' }, true],
  [google, 'hd=example.com,email_verified=true', { email_verified: false }, false],
  [entra, 'tid=6babcaad-604b-40ac-a9d7-9fd97c0b779f', { tid: '00000000-604b-40ac-a9d7-9fd97c0b779f' }, false],
  [entra, 'azp=8f4c8e1d-1b2a-4d0b-9f0c-8a1a6f5b7a11', {}, true],
  [entra, 'azp=8f4c8e1d-1b2a-4d0b-9f0c-8a1a6f5b7a11', { azp: 'another application' }, false],
  [okta, 'groups=Agents,cid=0oa2hl2inow5Uqc6c357', {}, true],
  [okta, 'groups=Agents', { groups: ['Everyone'] }, false],
  [auth0, 'https://example.com/roles=supervisor', {}, true],
];
for (const [shape, required, claims, isLetIn] of REQUIRED) {
  test(`${required} ${isLetIn ? 'takes' : 'refuses'} a token with ${JSON.stringify(claims)}`, async () => {
    const { identity } = await verdictOn(shape, await tokenOf(shape, pair, claims), {
      OIDC_REQUIRED_CLAIMS: required,
    });
    assert.is(identity !== undefined, isLetIn);
  });
}

const CHECKS: [check: RegExp, claims: Changes, signer?: typeof pair, header?: Changes][] = [
  [/audience: .*OIDC_AUDIENCE/, { aud: 'other' }],
  [/expiry: the token has expired/, { exp: now() - 90 }],
  [/expiry: the token has no usable exp/, { exp: undefined }],
  [/time: the token is not valid yet/, { nbf: now() + 300 }],
  [/subject: /, { sub: undefined }],
  [/signature: /, {}, stranger],
  [/no key: /, {}, pair, { kid: 'unknown' }],
];
for (const [check, claims, signer = pair, header] of CHECKS) {
  test(`the log says ${check.source} of ${JSON.stringify({ ...claims, ...header })}`, async () => {
    const token = await tokenOf(okta, signer, claims, header);
    const { lines } = await verdictOn(okta, token);
    const [line = '', ...more] = lines.filter((one) => one.includes('registration refused'));
    assert.match(line, check);
    assert.equal(more, []);
    for (const part of token.split('.')) assert.not.match(lines.join(), part);
  });
}

const UNASKED: [check: RegExp, credential: string | Changes][] = [
  [/issuer: .* differs from the configured issuer in the slash at the end/, { iss: `${okta.issuer}/` }],
  [/issuer: no provider of AUTH_OPTION has the iss of the token/, { iss: 'https://evil.example' }],
  [/format: no JWT with an issuer/, 'opaque-token-of-somebody'],
  [/no credential/, ''],
  [/format: .* characters/, 'two words'],
];
for (const [check, given] of UNASKED) {
  test(`the log says ${check.source} of ${JSON.stringify(given)}`, async () => {
    const credential = typeof given === 'string' ? given : await tokenOf(okta, pair, given);
    const { identity, lines } = await verdictOn(okta, credential);
    assert.is(identity, undefined);
    const [line = '', ...more] = lines.filter((one) => one.includes('registration refused'));
    assert.match(line, check);
    assert.equal(more, []);
    if (credential !== '') assert.not.match(lines.join(), credential);
    assert.not.match(lines.join(), 'evil.example');
  });
}

test.run();
