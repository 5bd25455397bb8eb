// Which tokens a Socket.IO desktop is let in with, and that a refusal concerns nobody else.
import { createHmac, randomBytes } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createTokens } from '../../../relay/identity/tokens.ts';
import { TestDesktop } from '../../helpers/desktop.ts';
import { startTestRedis, TEST_PROJECT, type TestRedis, uniqueConversation } from '../../helpers/redis.ts';
import { startTestRelay, type TestRelay } from '../../helpers/relay.ts';

let redis: TestRedis;
let relay: TestRelay;
const desktops: TestDesktop[] = [];

test.before(async () => {
  redis = await startTestRedis();
  relay = await startTestRelay(redis);
});
test.after.each(() => {
  for (const desktop of desktops.splice(0)) desktop.close();
});
test.after(async () => {
  await relay.close();
  await redis.stop();
});

function open(token: string, options?: ConstructorParameters<typeof TestDesktop>[2]): TestDesktop {
  const desktop = new TestDesktop(relay.url, token, options);
  desktops.push(desktop);
  return desktop;
}

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
    const { keyRing } = relay;
    const token = createTokens({ lifetimeSeconds: 3_600, keyRing, ...makeTokens }).issue(
      'test:agent',
      '',
    ).token;
    const error = await open(token)
      .connected()
      .catch((reason: Error) => reason);
    assert.is((error as Error).message, 'authentication failed');
  });
}

for (const [name, auth] of REFUSED_AUTH) {
  test(`a socket with ${name} is refused alone`, async () => {
    const good = await open(relay.token).connected();
    let disturbed = false;
    good.socket.on('unauthenticated', () => {
      disturbed = true;
    });
    const error = await open('', { auth })
      .connected()
      .catch((reason: Error) => reason);
    assert.is((error as Error).message, 'authentication failed');
    await good.join(uniqueConversation());
    assert.is(disturbed, false);
    assert.is(good.socket.connected, true);
  });
}

test('a token is taken with and without Bearer', async () => {
  for (const scheme of ['', 'Bearer ', 'bearer ']) {
    await open('', { auth: { token: scheme + relay.token } }).connected();
  }
});

test.run();
