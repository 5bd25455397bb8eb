// Which keys a token may be signed with, and what its `kid` is good for.
import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type SigningKey, signingKey } from '../../../relay/identity/signing-key.ts';
import { createTokens } from '../../../relay/identity/tokens.ts';
import { CURRENT, clock, GOOD, HS256, NOW, PROJECT, sign, tokensOf } from './forge.ts';

const PREVIOUS = signingKey('the previous key of these tests, long');
const OTHER = signingKey('a key that the relay does not have, long');
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const tokens = tokensOf(CURRENT);
test.before.each(() => {
  clock.seconds = NOW;
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
  test(`a genuine token is valid with any kid (${JSON.stringify(kid)?.slice(0, 20)})`, () => {
    assert.ok(tokens.verify(sign(GOOD, { ...HS256, kid })).valid);
  });
}

test('a forged token gains nothing from the kid of a real key', () => {
  const forged = sign(GOOD, { ...HS256, kid: CURRENT.kid }, 'a key that the relay does not have, long');
  assert.is(tokens.verify(forged).valid, false);
});

test('tokens of the current and the previous key are valid; the current one signs', () => {
  const ring = tokensOf(CURRENT, PREVIOUS);
  assert.ok(ring.verify(tokensOf(CURRENT).issue('s', '').token).valid);
  assert.ok(ring.verify(tokensOf(PREVIOUS).issue('s', '').token).valid);
  assert.not(ring.verify(tokensOf(OTHER).issue('s', '').token).valid);
  assert.is(jwt.decode(ring.issue('s', '').token, { complete: true })?.header.kid, CURRENT.kid);
});

test('the ring is asked at every use', () => {
  let ring: [SigningKey, ...SigningKey[]] = [PREVIOUS];
  const rotating = createTokens({
    projectId: PROJECT,
    lifetimeSeconds: 60,
    keyRing: () => ring,
    now: () => NOW * 1000,
  });
  const token = rotating.issue('s', '').token;
  ring = [CURRENT, PREVIOUS];
  assert.ok(rotating.verify(token).valid);
  ring = [CURRENT];
  assert.not(rotating.verify(token).valid);
});

test('a secret that reads like a PEM key still signs with HS256 alone', () => {
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const own = tokensOf(signingKey(pem));
  assert.ok(own.verify(own.issue('s', '').token).valid);
  assert.not(own.verify(jwt.sign(GOOD, privateKey, { algorithm: 'RS256' })).valid);
  assert.is(signingKey(pem).secret.equals(createSecretKey(Buffer.from(pem.trim()))), true);
});

/** A ring whose previous key signed until so many seconds after NOW. */
const ringUntil = (seconds: number) => tokensOf(CURRENT, { ...PREVIOUS, until: (NOW + seconds) * 1000 });
const ofPrevious = (exp: number) =>
  sign({ ...GOOD, iat: NOW - 3600, exp }, HS256, 'the previous key of these tests, long');

test('a retired key tells expired tokens from forged ones and opens nothing', () => {
  const ring = ringUntil(100);
  assert.ok(ring.verify(ofPrevious(NOW + 60)).valid);
  clock.seconds = NOW + 100;
  const expired = ring.verify(ofPrevious(NOW + 60));
  assert.is(!expired.valid && expired.fault, 'expired');
  assert.ok(!expired.valid && expired.fault === 'expired' && expired.claims.issuedAt === NOW - 3600);
  for (const exp of [NOW + 101, NOW + 1_000, NOW + 1e9]) {
    const forged = ring.verify(ofPrevious(exp));
    assert.is(!forged.valid && forged.fault, 'unparsable', 'nothing that the key signed expires so late');
  }
  clock.seconds = NOW + 150;
  const late = ring.verify(ofPrevious(NOW + 101));
  assert.is(!late.valid && late.fault, 'unparsable', 'nor once it has expired');
});

for (const [what, token, isUnknown] of [
  ['a token of a key that is not in the ring', tokensOf(OTHER).issue('s', '').token, true],
  ['garbage', 'garbage', false],
  ['a token without a kid', sign(GOOD, HS256, 'some other key'), false],
  [
    'a forged token with the kid of a real key',
    sign(GOOD, { ...HS256, kid: CURRENT.kid }, 'some key'),
    false,
  ],
  ['a forged token whose kid is no text', sign(GOOD, { ...HS256, kid: { a: 1 } }, 'some key'), false],
] as const) {
  test(`${what} ${isUnknown ? 'is a reason' : 'is no reason'} to look for new keys`, async () => {
    let looks = 0;
    const looking = createTokens({
      projectId: PROJECT,
      lifetimeSeconds: 60,
      keyRing: () => [CURRENT],
      pollKeys: async () => {
        looks++;
      },
      now: () => NOW * 1000,
    });
    assert.is((await looking.verifyRefreshingKeys(token)).valid, false);
    assert.is(looks, isUnknown ? 1 : 0);
  });
}

test('a forged token with the kid of any key in the ring names no unknown key', async () => {
  for (const { kid } of [CURRENT, PREVIOUS]) {
    const verdict = tokensOf(CURRENT, PREVIOUS).verify(sign(GOOD, { ...HS256, kid }, 'some key'));
    assert.equal(verdict, { valid: false, fault: 'unparsable' });
  }
});

test('a token is valid once a poll finds its key; a known key needs no poll', async () => {
  let ring: [SigningKey, ...SigningKey[]] = [CURRENT];
  const looking = createTokens({
    projectId: PROJECT,
    lifetimeSeconds: 60,
    keyRing: () => ring,
    pollKeys: async () => {
      ring = [CURRENT, OTHER];
    },
    now: () => NOW * 1000,
  });
  assert.ok((await looking.verifyRefreshingKeys(tokensOf(CURRENT).issue('s', '').token)).valid);
  assert.is(ring.length, 1);
  assert.ok((await looking.verifyRefreshingKeys(tokensOf(OTHER).issue('s', '').token)).valid);
});

test.run();
