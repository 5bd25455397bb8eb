// Which tokens a Socket.IO desktop is let in with, and that a refusal concerns nobody else.
import { createHmac, randomBytes } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createTokens } from '../../../relay/identity/tokens.ts';
import { TEST_PROJECT, uniqueConversation } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import '../../helpers/patient-redis.ts';

const fixture = relayFixture(test);

const REFUSED_AUTH: [string, Record<string, unknown>][] = [
  ['no token', {}],
  ['a token that is an object', { token: { a: 1 } }],
  ['garbage', { token: 'garbage' }],
  ['an empty token', { token: '' }],
];
const claims = (project = TEST_PROJECT, seconds = 3_600) => ({
  exp: Math.floor(Date.now() / 1000) + seconds,
  gcp_agent_assist_project: project,
  gcp_agent_assist_user: '',
});
const otherKey = randomBytes(48);
REFUSED_AUTH.push(
  ['a token of another key', { token: jwt.sign(claims(), otherKey) }],
  ['a token without a signature (alg none)', { token: jwt.sign(claims(), '', { algorithm: 'none' }) }],
  ['a token of the empty key', { token: signedWithEmptyKey(claims()) }],
  ['a token of another algorithm', { token: jwt.sign(claims(), otherKey, { algorithm: 'HS512' }) }],
);

/** What anybody could mint for Google's reference; jsonwebtoken refuses to, so it is made by hand. */
function signedWithEmptyKey(payload: object): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(payload)}`;
  return `${signed}.${createHmac('sha256', '').update(signed).digest('base64url')}`;
}

for (const [name, makeTokens] of [
  ['a token whose session is over', { projectId: TEST_PROJECT, now: () => Date.now() - 43_200_000 }],
  ['a token of another project', { projectId: 'other-project' }],
] as const) {
  test(`a socket with ${name}, though of the right key, is refused`, async () => {
    const { keyRing } = fixture.relay;
    const token = createTokens({ lifetimeSeconds: 3_600, keyRing, ...makeTokens }).issue(
      'test:agent',
      '',
    ).token;
    const error = await fixture.desktop({ token }).catch((reason: Error) => reason);
    assert.is((error as Error).message, 'authentication failed');
  });
}

for (const [name, auth] of REFUSED_AUTH) {
  test(`a socket with ${name} is refused alone`, async () => {
    const good = await fixture.desktop();
    let disturbed = false;
    good.socket.on('unauthenticated', () => {
      disturbed = true;
    });
    const error = await fixture.desktop({ auth }).catch((reason: Error) => reason);
    assert.is((error as Error).message, 'authentication failed');
    await good.join(uniqueConversation());
    assert.is(disturbed, false);
    assert.is(good.socket.connected, true);
  });
}

test('a token is taken with and without Bearer', async () => {
  for (const scheme of ['', 'Bearer ', 'bearer ']) {
    await fixture.desktop({ token: scheme + fixture.relay.token });
  }
});

test.run();
