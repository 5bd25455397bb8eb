// Every way in which a token can be wrong, and what its bearer is told.
import { generateKeyPairSync } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TOKEN_MESSAGES, type TokenFault } from '../../../relay/identity/claims.ts';
import { CLOCK_SKEW_SECONDS, TOKEN_MAX_CHARS } from '../../../relay/identity/limits.ts';
import { CURRENT, encode, GOOD, HS256, KEY_TEXT, NOW, PROJECT, sign, signText, tokensOf } from './forge.ts';

const tokens = tokensOf(CURRENT);
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

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
  ['iat as a number in a text', sign({ ...GOOD, iat: String(NOW) }), 'unparsable'],
  ['iat as an object that is no number', sign({ ...GOOD, iat: { toString: {} } }), 'unparsable'],
  ['an audience', sign({ ...GOOD, aud: 'someone' }), 'unparsable'],
  ['an empty audience', sign({ ...GOOD, aud: '' }), 'unparsable'],
  ['exp as text', sign({ ...GOOD, exp: String(NOW + 60) }), 'unparsable'],
  ['exp null', sign({ ...GOOD, exp: null }), 'unparsable'],
  ['exp a list', sign({ ...GOOD, exp: [NOW + 60] }), 'unparsable'],
  ['exp infinite', signText(`{"exp":1e999,"gcp_agent_assist_project":"${PROJECT}"}`), 'unparsable'],
  ['a payload that is no object', sign('hello'), 'unparsable'],
  ['a payload that is null', sign(null), 'unparsable'],
  ['a payload that is no JSON', signText('{"exp":'), 'unparsable'],
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
  test(`${name}: ${TOKEN_MESSAGES[fault]}`, () => {
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

test('an expired token of another key is forged, not expired', () => {
  const verdict = tokens.verify(sign({ ...GOOD, exp: NOW - 1 }, HS256, 'some other key'));
  assert.is(!verdict.valid && verdict.fault, 'unparsable');
});

test.run();
