// Tokens that nobody issued: none may pass for one that was.
import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TOKEN_MESSAGES } from '../../relay/identity/claims.ts';
import { signingKey } from '../../relay/identity/signing-key.ts';
import { createTokens } from '../../relay/identity/tokens.ts';
import { fuzz } from './fuzz.ts';
import { anyJson, damaged, deepJson, mutated } from './mutations.ts';

const SECRET = 'the signing key of this test, of more than 32 bytes';
const key = signingKey(SECRET);
const tokens = createTokens({ projectId: 'demo-project', lifetimeSeconds: 3600, keyRing: () => [key] });
const genuine = tokens.issue('okta:u', 'maria').token;
const [GOOD_HEADER, GOOD_CLAIMS] = genuine
  .split('.')
  .slice(0, 2)
  .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>);

const encode = (text: string) => Buffer.from(text).toString('base64url');
const sign = (signed: string, secret: string, hash = 'sha256') =>
  `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;

/** What a verdict may be, whatever was judged. */
function check(credential: unknown): void {
  const verdict = tokens.verify(credential);
  if (!verdict.valid) {
    assert.ok(verdict.fault in TOKEN_MESSAGES);
    return;
  }
  // Only the genuine token, perhaps in other white space, is valid.
  assert.is(
    String(credential)
      .trim()
      .replace(/^bearer\s+/i, ''),
    genuine,
  );
}

const original = fc.constantFrom(
  genuine,
  `Bearer ${genuine}`,
  `bearer  ${genuine} `,
  tokens.issue('', '').token,
);

fuzz('a token that was changed anywhere is refused', {
  arbitrary: mutated(original),
  check(text) {
    const verdict = tokens.verify(text);
    if (verdict.valid) assert.ok(text.includes('.') && ['okta:u', ''].includes(verdict.claims.subject));
    if (!text.includes(genuine)) return;
    check(text);
  },
  runs: 5_000,
});

fuzz('whatever is shown instead of a token is refused', {
  arbitrary: fc.oneof(
    fc.anything({ withNullPrototype: true, withBigInt: true }),
    fc.string({ unit: 'binary' }),
    deepJson,
  ),
  check,
  runs: 5_000,
});

const header = fc.oneof(
  damaged(GOOD_HEADER ?? {}),
  fc
    .constantFrom('none', 'HS256', 'HS384', 'HS512', 'RS256', 'ES256', 'hs256', '')
    .map((alg) => ({ alg, typ: 'JWT', kid: key.kid })),
  anyJson,
);
const claims = fc.oneof(damaged(GOOD_CLAIMS ?? {}), fc.constant(GOOD_CLAIMS), anyJson);
const guess = fc.oneof(
  fc.constantFrom('', ' ', 'secret', SECRET.slice(1), `${SECRET} `, key.kid),
  fc.string(),
);

fuzz('a token that somebody else signed is refused in any form', {
  arbitrary: fc.tuple(header, claims, guess, fc.constantFrom('sha256', 'sha384', 'sha512')),
  check([head, body, secret, hash]) {
    const signed = `${encode(JSON.stringify(head) ?? '')}.${encode(JSON.stringify(body) ?? '')}`;
    for (const token of [sign(signed, secret, hash), `${signed}.`, signed])
      assert.is(tokens.verify(token).valid, false);
  },
  runs: 3_000,
});

fuzz('any claims signed with our key get a known verdict and typed claims', {
  arbitrary: fc.oneof(
    claims.map((body) => JSON.stringify(body) ?? ''),
    mutated(fc.constant(JSON.stringify(GOOD_CLAIMS))),
    deepJson,
  ),
  check(body) {
    const verdict = tokens.verify(sign(`${encode('{"alg":"HS256","typ":"JWT"}')}.${encode(body)}`, SECRET));
    if (verdict.claims === undefined) return check(null);
    const { subject, user, tokenId, issuedAt, expiresAt } = verdict.claims;
    for (const text of [subject, user, tokenId]) assert.type(text, 'string');
    assert.ok(Number.isFinite(expiresAt) && (issuedAt === undefined || Number.isFinite(issuedAt)));
    assert.is(verdict.valid, expiresAt * 1000 > Date.now());
  },
  runs: 5_000,
});

fuzz('any description of a caller gets a token that is short enough', {
  arbitrary: fc.oneof(
    anyJson,
    deepJson.map((text) => JSON.parse(text) as unknown),
    fc.string({ unit: 'binary', maxLength: 4_000 }),
  ),
  check(user) {
    const verdict = tokens.verify(tokens.issue('okta:u', user).token);
    assert.is(verdict.valid && verdict.claims.subject, 'okta:u');
  },
  runs: 3_000,
  after: () => check(genuine),
});

test.run();
