// Forged tokens against a whole relay: on REST, Socket.IO and the native protocol.
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { signingKey } from '../../relay/identity/signing-key.ts';
import { CLOSE, type CloseReason } from '../../shared/close-codes.ts';
import { ConfigError } from '../../shared/errors.ts';
import { TEST_PROJECT } from '../helpers/redis.ts';
import { relayFixture } from '../helpers/relay-fixture.ts';
import { shows } from './table.ts';
import '../helpers/patient-redis.ts';

const fixture = relayFixture(test);

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = () => ({
  exp: Math.floor(Date.now() / 1000) + 1e9,
  gcp_agent_assist_project: TEST_PROJECT,
  gcp_agent_assist_user: 'x',
});

/** A token of which every part is the caller's. */
function forge(header: object, key: string | Buffer, hash = 'sha256', payload: object = claims()): string {
  const content = `${part(header)}.${part(payload)}`;
  return `${content}.${createHmac(hash, key).update(content).digest('base64url')}`;
}

/** @param close how the native protocol ends. */
async function refusedEverywhere(
  token: string,
  what: string,
  close: CloseReason = CLOSE.unauthenticated,
): Promise<void> {
  const rest = await fetch(`${fixture.relay.url}/conversation-name?conversationIntegrationKey=1`, {
    headers: { authorization: token },
  });
  assert.is(rest.status, 401, what);
  assert.equal(await rest.json(), { message: 'Failed to parse your token.' }, what);

  const error = await fixture.desktop({ token }).catch((reason: Error) => reason);
  assert.instance(error, Error, what);
  assert.is((error as Error).message, 'authentication failed', what);

  const native = await fixture.openNativeDesktop().opened();
  native.send({ type: 'auth', token });
  assert.is((await native.closed)[0], close.code, what);
}

shows('S1', async () => {
  await refusedEverywhere(forge({ alg: 'HS256', typ: 'JWT' }, ''), 'the empty key');
  for (const key of ['', '\n', ' '.repeat(64), 'x'.repeat(31)]) {
    assert.throws(
      () => signingKey(key),
      (error: unknown) => error instanceof ConfigError,
    );
  }
});

shows('alg', async () => {
  const secret = fixture.relay.keyRing()[0].secret.export();
  for (const alg of ['none', 'None', 'NONE', '']) {
    await refusedEverywhere(`${part({ alg })}.${part(claims())}.`, `alg ${alg}`);
    await refusedEverywhere(forge({ alg }, secret), `alg ${alg}, signed`);
  }
  // Of the real key, so that the algorithm alone is what they are refused for.
  await refusedEverywhere(forge({ alg: 'HS384' }, secret, 'sha384'), 'HS384');
  await refusedEverywhere(forge({ alg: 'HS512' }, secret, 'sha512'), 'HS512');
  await refusedEverywhere(forge({ alg: 'hs256' }, secret), 'hs256');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const content = `${part({ alg: 'RS256' })}.${part(claims())}`;
  await refusedEverywhere(
    `${content}.${createSign('sha256').update(content).sign(privateKey, 'base64url')}`,
    'RS256',
  );
});

shows('kid', async () => {
  const key = 'a key of the attacker, which is long enough';
  const jwk = { kty: 'oct', k: Buffer.from(key).toString('base64url'), alg: 'HS256' };
  const kids = [
    '../../../../dev/null',
    '/dev/null',
    "x' UNION SELECT 'key",
    'https://evil.example/key',
    '',
    0,
    null,
  ];
  for (const kid of [...kids, ['a'], { a: 1 }, '__proto__', fixture.relay.keyRing()[0].kid]) {
    // A key that is not known may be an old one: its bearer is to come back with another token.
    const isUnknown = typeof kid === 'string' && kid !== fixture.relay.keyRing()[0].kid;
    const close = isUnknown ? CLOSE.expired : CLOSE.unauthenticated;
    await refusedEverywhere(forge({ alg: 'HS256', kid }, key), JSON.stringify(kid), close);
  }
  const ofDevNull = forge({ alg: 'HS256', kid: '/dev/null' }, '');
  await refusedEverywhere(ofDevNull, 'what /dev/null holds', CLOSE.expired);
  await refusedEverywhere(forge({ alg: 'HS256', jwk, jku: 'https://evil.example/keys' }, key), 'jwk');
});

shows('S22', async () => {
  const register = async (user: unknown) => {
    const response = await fetch(`${fixture.relay.url}/register`, {
      method: 'POST',
      body: JSON.stringify({ gcp_agent_assist_user: user }),
    });
    const { token } = (await response.json()) as { token: string };
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  };
  const [first, second] = [await register({ a: [1] }), await register('x'.repeat(1_000))];
  assert.is(first.gcp_agent_assist_user, '{"a":[1]}');
  assert.is(second.gcp_agent_assist_user.length, 256);
  assert.is(first.sub, 'skip:anonymous');
  assert.type(first.iat, 'number');
  assert.is.not(first.jti, second.jti);
});

test.run();
