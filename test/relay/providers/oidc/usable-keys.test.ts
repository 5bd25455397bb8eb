import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { usableKeys } from '../../../../relay/providers/oidc/usable-keys.ts';

async function jwk(alg: string, options: { modulusLength?: number; crv?: string } = {}): Promise<JWK> {
  return exportJWK((await generateKeyPair(alg, { extractable: true, ...options })).publicKey);
}
async function privateJwk(alg: string): Promise<JWK> {
  return exportJWK((await generateKeyPair(alg, { extractable: true })).privateKey);
}
/** jose makes no RSA key of fewer than 2,048 bits. */
async function shortJwk(): Promise<JsonWebKey> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 1024,
    publicExponent: Uint8Array.of(1, 0, 1),
  };
  const { publicKey } = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  return crypto.subtle.exportKey('jwk', publicKey);
}

const rsa = await jwk('RS256');
const curve = await jwk('ES384');
const edwards = await jwk('EdDSA', { crv: 'Ed25519' });
const { n: _n, ...withoutModulus } = rsa;
const { y: _y, ...withoutY } = curve;
const { kty: _kty, ...withoutKind } = rsa;

const GOOD: [what: string, entry: JWK][] = [
  ['an RSA key without more', rsa],
  ['an RSA key with its certificates', { ...rsa, kid: 'a', use: 'sig', alg: 'RS256', x5c: ['MIIB'] }],
  ['an RSA key for PS384', { ...rsa, alg: 'PS384' }],
  ['an RSA key with unknown members', { ...rsa, 'x-later': { a: 1 } } as JWK],
  ['an elliptic curve', curve],
  ['an Edwards curve', edwards],
];
for (const [what, entry] of GOOD) {
  test(`${what} is used`, async () => {
    assert.equal(await usableKeys(JSON.stringify({ keys: [entry] })), { keys: [entry], skipped: 0 });
  });
}

const USELESS: [what: string, entry: unknown][] = [
  ['null', null],
  ['a text', 'key'],
  ['a list', [rsa]],
  ['an empty object', {}],
  ['an unknown kind', { kty: 'X-LATER', kid: 'a', pub: 'AQAB' }],
  ['no kind', withoutKind],
  ['a kind that is no text', { ...rsa, kty: ['RSA'] }],
  ['certificates in place of the key', { kty: 'RSA', kid: 'a', use: 'sig', alg: 'RS256', x5c: ['MIIB'] }],
  ['no modulus', withoutModulus],
  ['a modulus that is no text', { ...rsa, n: 5 }],
  ['a modulus of three bytes', { ...rsa, n: 'AQAB' }],
  ['a key of 1,024 bits', await shortJwk()],
  ['no second coordinate', withoutY],
  ['a point that is not on the curve', { ...curve, y: curve.x }],
  ['an unknown curve', { ...curve, crv: 'P-1' }],
  ['an algorithm for encryption', { ...rsa, alg: 'RSA-OAEP-256' }],
  ['an unknown algorithm', { ...rsa, alg: 'RS257' }],
  ['an algorithm that is no text', { ...rsa, alg: 5 }],
  ['an algorithm of another kind', { ...rsa, alg: 'ES256' }],
  ['another use', { ...rsa, use: 'enc' }],
  ['another operation', { ...rsa, key_ops: ['encrypt'] }],
  ['a shared secret', { kty: 'oct', alg: 'HS256', k: 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I' }],
  ['a private key', await privateJwk('RS256')],
];
for (const [what, entry] of USELESS) {
  test(`an entry with ${what} is skipped`, async () => {
    const expected = { keys: [rsa], skipped: 2 };
    assert.equal(await usableKeys(JSON.stringify({ keys: [entry, rsa, entry] })), expected);
  });
}

for (const text of ['', 'keys', '"keys"', 'null', '[]', '{}', '{"keys":{}}', '{"keys":null}']) {
  test(`${JSON.stringify(text)} is no key set`, async () => {
    assert.is(await usableKeys(text), undefined);
  });
}

test.run();
