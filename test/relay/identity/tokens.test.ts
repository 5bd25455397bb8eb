import jwt from 'jsonwebtoken';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  CONVERSATIONS_CLAIM_MAX_BYTES,
  TOKEN_MAX_CHARS,
  USER_MAX_CHARS,
} from '../../../relay/identity/limits.ts';
import type { Rights } from '../../../relay/identity/rights.ts';
import { PROVIDER_NAME_MAX_CHARS } from '../../../relay/providers/limits.ts';
import { CURRENT, clock, GOOD, NOW, PROJECT, sign, tokensOf } from './forge.ts';

const tokens = tokensOf(CURRENT);
test.before.each(() => {
  clock.seconds = NOW;
});

test("a token has the claims of the contract and the design, and its key's id", () => {
  const { header, payload } =
    jwt.decode(tokens.issue('genesys:org:user', 'maria').token, { complete: true }) ?? {};
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
  clock.seconds = NOW + 0.7;
  const payload = jwt.decode(tokens.issue('s', '').token);
  assert.ok(typeof payload === 'object' && payload !== null);
  assert.equal([payload.iat, payload.exp], [NOW, NOW + 3600]);
});

test('an issued token is valid and gives its claims back', () => {
  const issued = tokens.issue('genesys:org:user', 'maria');
  const verdict = tokens.verify(issued.token);
  assert.ok(verdict.valid);
  assert.equal(issued.claims, verdict.claims);
  const { tokenId, ...claims } = verdict.claims;
  assert.match(tokenId, /^[0-9a-f-]{36}$/);
  assert.equal(claims, {
    subject: 'genesys:org:user',
    user: 'maria',
    issuedAt: NOW,
    expiresAt: NOW + 3600,
    role: undefined,
    conversations: undefined,
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
  test(`the user ${JSON.stringify(user)?.slice(0, 20)} becomes ${claim.slice(0, 20)}`, () => {
    const verdict = tokens.verify(tokens.issue('s', user).token);
    assert.is(verdict.valid && verdict.claims.user, claim);
  });
}

test('a user nested thousands deep is a text, too', () => {
  const nested: unknown = JSON.parse(`${'['.repeat(8000)}${']'.repeat(8000)}`);
  const verdict = tokens.verify(tokens.issue('s', nested).token);
  assert.ok(verdict.valid && verdict.claims.user.length <= USER_MAX_CHARS);
});

test('the longest token that the relay issues is one that it takes', () => {
  const token = tokens.issue('s'.repeat(512), '\u0000'.repeat(USER_MAX_CHARS)).token;
  assert.ok(token.length < TOKEN_MAX_CHARS);
  assert.ok(tokens.verify(token).valid);
});

for (const prefix of ['', 'Bearer ', 'bearer ', 'BEARER   ', ' ', 'Bearer\t']) {
  test(`a token is taken after ${JSON.stringify(prefix)}`, () => {
    assert.ok(tokens.verify(prefix + sign(GOOD)).valid);
  });
}

test("a token with the reference's claims alone is valid, known by a digest", () => {
  const verdict = tokens.verify(sign(GOOD));
  assert.ok(verdict.valid);
  const { tokenId, ...claims } = verdict.claims;
  const none = { subject: '', user: '', issuedAt: undefined, role: undefined, conversations: undefined };
  assert.equal(claims, { ...none, expiresAt: NOW + 60 });
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

test('no token is issued with too many conversations or an unknown role', () => {
  const room = CONVERSATIONS_CLAIM_MAX_BYTES - JSON.stringify(['']).length;
  const longest = tokens.issue('s'.repeat(PROVIDER_NAME_MAX_CHARS), '"'.repeat(USER_MAX_CHARS), {
    conversations: ['c'.repeat(room)],
  }).token;
  assert.ok(tokens.verify(longest).valid, `${longest.length}`);
  for (const [rights, message] of [
    [
      { conversations: ['c'.repeat(room + 1)] },
      /more conversations than a token has room for, 4096 .*AUTHORIZER_URL/,
    ],
    [{ conversations: ['é'.repeat(room)] }, /more conversations than a token has room for/],
    [{ role: 'admin' }, /a role that is none of agent, supervisor/],
    [{ conversations: 'c' }, /conversations that are no list of texts/],
  ] as const) {
    assert.throws(
      () => tokens.issue('s', '', rights as Rights).token,
      (error: unknown) => error instanceof RangeError && message.test(error.message),
    );
  }
});

test('a token is valid to its last second; a later refusal has its claims', () => {
  const token = tokens.issue('s', 'maria').token;
  clock.seconds = NOW + 3599;
  assert.ok(tokens.verify(token).valid);
  clock.seconds = NOW + 3600;
  const verdict = tokens.verify(token);
  assert.ok(!verdict.valid && verdict.fault === 'expired');
  assert.is(verdict.claims.user, 'maria');
  assert.is(verdict.claims.issuedAt, NOW);
});

test.run();
