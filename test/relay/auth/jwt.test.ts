import { createHmac, createSecretKey, generateKeyPairSync } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createTokens, TOKEN_MESSAGES, type TokenFault } from '../../../relay/auth/jwt.ts';
import { type SigningKey, signingKey } from '../../../relay/auth/signing-key.ts';
import { CLOCK_SKEW_SECONDS, TOKEN_MAX_CHARS, USER_MAX_CHARS } from '../../../relay/limits.ts';

const PROJECT = 'demo-project';
const NOW = 1_800_000_000; // seconds
const KEY_TEXT = 'the current key of these tests, long';
const CURRENT = signingKey(KEY_TEXT);
const PREVIOUS = signingKey('the previous key of these tests, long');
const OTHER = signingKey('a key that the relay does not have, long');

let clock = NOW;
test.before.each(() => {
  clock = NOW;
});

function tokensOf(...keyRing: [SigningKey, ...SigningKey[]]) {
  return createTokens({
    projectId: PROJECT,
    lifetimeSeconds: 3600,
    keyRing: () => keyRing,
    now: () => clock * 1000,
  });
}

const tokens = tokensOf(CURRENT);
const GOOD = { exp: NOW + 60, gcp_agent_assist_project: PROJECT, gcp_agent_assist_user: '' };

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token signed by hand, so that header and payload may be anything. */
function sign(
  payload: unknown,
  header: object = { alg: 'HS256', typ: 'JWT' },
  key = KEY_TEXT,
  hash = 'sha256',
) {
  const body = `${encode(header)}.${encode(payload)}`;
  return `${body}.${createHmac(hash, key).update(body).digest('base64url')}`;
}

test('a token holds the claims of the contract and those of the design, and the id of its key', () => {
  const { header, payload } = jwt.decode(tokens.issue('genesys:org:user', 'maria'), { complete: true }) ?? {};
  assert.equal(header, { alg: 'HS256', typ: 'JWT', kid: CURRENT.kid });
  assert.ok(typeof payload === 'object');
  const { jti, ...claims } = payload;
  assert.match(jti ?? '', /^[0-9a-f-]{36}$/);
  assert.equal(claims, {
    iat: NOW,
    exp: NOW + 3600,
    sub: 'genesys:org:user',
    gcp_agent_assist_project: PROJECT,
    gcp_agent_assist_user: 'maria',
  });
});

test('the times in a token are whole seconds', () => {
  clock = NOW + 0.7;
  const payload = jwt.decode(tokens.issue('s', ''));
  assert.ok(typeof payload === 'object' && payload !== null);
  assert.equal([payload.iat, payload.exp], [NOW, NOW + 3600]);
});

test('an issued token is valid and gives its claims back', () => {
  const verdict = tokens.verify(tokens.issue('genesys:org:user', 'maria'));
  assert.ok(verdict.valid);
  const { tokenId, ...claims } = verdict.claims;
  assert.match(tokenId, /^[0-9a-f-]{36}$/);
  assert.equal(claims, {
    subject: 'genesys:org:user',
    user: 'maria',
    issuedAt: NOW,
    expiresAt: NOW + 3600,
  });
});

const USERS: [user: unknown, claim: string][] = [
  [undefined, ''],
  [null, ''],
  ['', ''],
  ['maria', 'maria'],
  [7, '7'],
  [false, 'false'],
  [{ a: [1] }, '{"a":[1]}'],
  ['x'.repeat(USER_MAX_CHARS), 'x'.repeat(USER_MAX_CHARS)],
  ['x'.repeat(USER_MAX_CHARS + 1), 'x'.repeat(USER_MAX_CHARS)],
  [[`y`.repeat(1000)], `["${'y'.repeat(USER_MAX_CHARS - 2)}`],
];

for (const [user, claim] of USERS) {
  test(`the user ${JSON.stringify(user)?.slice(0, 20)} becomes the text ${claim.slice(0, 20)}`, () => {
    const verdict = tokens.verify(tokens.issue('s', user));
    assert.is(verdict.valid && verdict.claims.user, claim);
  });
}

test('a user nested thousands deep is a text, too', () => {
  const nested: unknown = JSON.parse(`${'['.repeat(8000)}${']'.repeat(8000)}`);
  const verdict = tokens.verify(tokens.issue('s', nested));
  assert.ok(verdict.valid && verdict.claims.user.length <= USER_MAX_CHARS);
});

test('the longest token that the relay issues is one that it takes', () => {
  const token = tokens.issue('s'.repeat(512), '\u0000'.repeat(USER_MAX_CHARS));
  assert.ok(token.length < TOKEN_MAX_CHARS);
  assert.ok(tokens.verify(token).valid);
});

for (const prefix of ['', 'Bearer ', 'bearer ', 'BEARER   ', ' ', 'Bearer\t']) {
  test(`a token is taken after ${JSON.stringify(prefix)}`, () => {
    assert.ok(tokens.verify(prefix + sign(GOOD)).valid);
  });
}

test('a token minted elsewhere with the reference claims alone is taken, and is known by a digest', () => {
  const verdict = tokens.verify(sign(GOOD));
  assert.ok(verdict.valid);
  const { tokenId, ...claims } = verdict.claims;
  assert.equal(claims, { subject: '', user: '', issuedAt: undefined, expiresAt: NOW + 60 });
  assert.match(tokenId, /^[\w-]{43}$/);
  const again = tokens.verify(`Bearer ${sign(GOOD)}`);
  assert.is(again.valid && again.claims.tokenId, tokenId);
});

test('claims of the wrong type are read as absent', () => {
  const verdict = tokens.verify(sign({ ...GOOD, sub: 7, jti: {}, gcp_agent_assist_user: null }));
  assert.ok(verdict.valid);
  assert.is(verdict.claims.subject, '');
  assert.is(verdict.claims.user, '');
  assert.type(verdict.claims.tokenId, 'string');
});

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const HS256 = { alg: 'HS256', typ: 'JWT' };

const REFUSED: [name: string, credential: unknown, fault: TokenFault][] = [
  ['nothing', undefined, 'missing'],
  ['null', null, 'missing'],
  ['an empty text', '', 'missing'],
  ['spaces', '   ', 'missing'],
  ['Bearer and nothing', 'Bearer ', 'missing'],
  ['a number', 5, 'unparsable'],
  ['an object', { token: sign(GOOD) }, 'unparsable'],
  ['a list of one token', [sign(GOOD)], 'unparsable'],
  ['garbage', 'garbage', 'unparsable'],
  ['three dots', '...', 'unparsable'],
  ['a token twice', `${sign(GOOD)} ${sign(GOOD)}`, 'unparsable'],
  ['Bearer twice', `Bearer Bearer ${sign(GOOD)}`, 'unparsable'],
  ['Basic credentials', 'Basic dXNlcjpwYXNz', 'unparsable'],
  ['a very long text', 'a'.repeat(1_000_000), 'unparsable'],
  ['a signed token over the limit', sign({ ...GOOD, pad: 'x'.repeat(TOKEN_MAX_CHARS) }), 'unparsable'],
  ['a token signed with the empty key', sign(GOOD, HS256, ''), 'unparsable'],
  [
    'a token signed with another key',
    sign(GOOD, HS256, 'a key that the relay does not have, long'),
    'unparsable',
  ],
  ['a token whose signature was cut off', sign(GOOD).replace(/\.[^.]+$/, '.'), 'unparsable'],
  ['a token without a third part', sign(GOOD).replace(/\.[^.]+$/, ''), 'unparsable'],
  ['alg none', `${encode({ alg: 'none', typ: 'JWT' })}.${encode(GOOD)}.`, 'unparsable'],
  ['alg None with a signature', sign(GOOD, { alg: 'None', typ: 'JWT' }), 'unparsable'],
  ['alg hs256', sign(GOOD, { alg: 'hs256', typ: 'JWT' }), 'unparsable'],
  ['no alg', sign(GOOD, { typ: 'JWT' }), 'unparsable'],
  ['alg as a list', sign(GOOD, { alg: ['HS256'], typ: 'JWT' }), 'unparsable'],
  ['HS384 with the right key', sign(GOOD, { alg: 'HS384', typ: 'JWT' }, KEY_TEXT, 'sha384'), 'unparsable'],
  ['HS512 with the right key', sign(GOOD, { alg: 'HS512', typ: 'JWT' }, KEY_TEXT, 'sha512'), 'unparsable'],
  ['RS256', jwt.sign(GOOD, privateKey, { algorithm: 'RS256' }), 'unparsable'],
  ['RS256 in the header over an HS256 signature', sign(GOOD, { alg: 'RS256', typ: 'JWT' }), 'unparsable'],
  ['nbf in the future', sign({ ...GOOD, nbf: NOW + 30 }), 'unparsable'],
  ['nbf as text', sign({ ...GOOD, nbf: 'soon' }), 'unparsable'],
  ['iat beyond the skew of clocks', sign({ ...GOOD, iat: NOW + CLOCK_SKEW_SECONDS + 1 }), 'unparsable'],
  ['iat as text', sign({ ...GOOD, iat: 'now' }), 'unparsable'],
  ['an audience', sign({ ...GOOD, aud: 'someone' }), 'unparsable'],
  ['an empty audience', sign({ ...GOOD, aud: '' }), 'unparsable'],
  ['exp as text', sign({ ...GOOD, exp: String(NOW + 60) }), 'unparsable'],
  ['exp null', sign({ ...GOOD, exp: null }), 'unparsable'],
  ['exp a list', sign({ ...GOOD, exp: [NOW + 60] }), 'unparsable'],
  ['exp infinite', jwtWithRawPayload(`{"exp":1e999,"gcp_agent_assist_project":"${PROJECT}"}`), 'unparsable'],
  ['a payload that is no object', sign('hello'), 'unparsable'],
  ['a payload that is null', sign(null), 'unparsable'],
  ['a payload that is no JSON', jwtWithRawPayload('{"exp":'), 'unparsable'],
  ['a payload that is a list', sign([]), 'no-project'],
  ['no project', sign({ exp: NOW + 60 }), 'no-project'],
  ['project null', sign({ ...GOOD, gcp_agent_assist_project: null }), 'no-project'],
  ['another project', sign({ ...GOOD, gcp_agent_assist_project: 'other' }), 'other-project'],
  ['an empty project', sign({ ...GOOD, gcp_agent_assist_project: '' }), 'other-project'],
  ['a project in a list', sign({ ...GOOD, gcp_agent_assist_project: [PROJECT] }), 'other-project'],
  ['another project, expired', sign({ exp: NOW - 1, gcp_agent_assist_project: 'other' }), 'other-project'],
  ['no exp', sign({ gcp_agent_assist_project: PROJECT }), 'no-expiry'],
  ['exp now', sign({ ...GOOD, exp: NOW }), 'expired'],
  ['exp past', sign({ ...GOOD, exp: NOW - 100_000 }), 'expired'],
  ['exp zero', sign({ ...GOOD, exp: 0 }), 'expired'],
];

for (const [name, credential, fault] of REFUSED) {
  test(`${name} is refused: ${TOKEN_MESSAGES[fault]}`, () => {
    const verdict = tokens.verify(credential);
    assert.is(verdict.valid, false);
    assert.is(!verdict.valid && verdict.fault, fault);
    assert.is('claims' in verdict, fault === 'expired');
  });
}

for (const [name, payload] of Object.entries({
  'exp with a fraction': { ...GOOD, exp: NOW + 0.5 },
  'nbf now': { ...GOOD, nbf: NOW },
  'iat within the skew of clocks': { ...GOOD, iat: NOW + CLOCK_SKEW_SECONDS },
})) {
  test(`${name} is valid`, () => assert.ok(tokens.verify(sign(payload)).valid));
}

test('a token is valid to the last second, and its claims come with the refusal afterwards', () => {
  const token = tokens.issue('s', 'maria');
  clock = NOW + 3599;
  assert.ok(tokens.verify(token).valid);
  clock = NOW + 3600;
  const verdict = tokens.verify(token);
  assert.ok(!verdict.valid && verdict.fault === 'expired');
  assert.is(verdict.claims.user, 'maria');
  assert.is(verdict.claims.issuedAt, NOW);
});

test('an expired token of another key is forged, not expired', () => {
  const verdict = tokens.verify(sign({ ...GOOD, exp: NOW - 1 }, HS256, 'some other key'));
  assert.is(!verdict.valid && verdict.fault, 'unparsable');
});

for (const kid of [
  undefined,
  '',
  'unknown',
  PREVIOUS.kid,
  '../../etc/passwd',
  "' OR '1'='1' --",
  ['a', PREVIOUS.kid],
  { a: 1 },
  'x'.repeat(2000),
]) {
  test(`a genuine token is valid, whatever its kid says (${JSON.stringify(kid)?.slice(0, 20)})`, () => {
    assert.ok(tokens.verify(sign(GOOD, { ...HS256, kid })).valid);
  });
}

test('a forged token gains nothing from the kid of a real key', () => {
  const forged = sign(GOOD, { ...HS256, kid: CURRENT.kid }, 'a key that the relay does not have, long');
  assert.is(tokens.verify(forged).valid, false);
});

test('tokens of the current and of the previous key are honoured, and the current one signs', () => {
  const ring = tokensOf(CURRENT, PREVIOUS);
  assert.ok(ring.verify(tokensOf(CURRENT).issue('s', '')).valid);
  assert.ok(ring.verify(tokensOf(PREVIOUS).issue('s', '')).valid);
  assert.not(ring.verify(tokensOf(OTHER).issue('s', '')).valid);
  assert.is(jwt.decode(ring.issue('s', ''), { complete: true })?.header.kid, CURRENT.kid);
});

test('the ring is asked at every use', () => {
  let ring: [SigningKey, ...SigningKey[]] = [PREVIOUS];
  const rotating = createTokens({
    projectId: PROJECT,
    lifetimeSeconds: 60,
    keyRing: () => ring,
    now: () => NOW * 1000,
  });
  const token = rotating.issue('s', '');
  ring = [CURRENT, PREVIOUS];
  assert.ok(rotating.verify(token).valid);
  ring = [CURRENT];
  assert.not(rotating.verify(token).valid);
});

test('a secret that reads like a PEM key still signs with HS256 alone', () => {
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const own = tokensOf(signingKey(pem));
  assert.ok(own.verify(own.issue('s', '')).valid);
  assert.not(own.verify(jwt.sign(GOOD, privateKey, { algorithm: 'RS256' })).valid);
  assert.is(signingKey(pem).secret.equals(createSecretKey(Buffer.from(pem.trim()))), true);
});

function jwtWithRawPayload(payload: string): string {
  const body = `${encode(HS256)}.${Buffer.from(payload).toString('base64url')}`;
  return `${body}.${createHmac('sha256', KEY_TEXT).update(body).digest('base64url')}`;
}

test.run();
