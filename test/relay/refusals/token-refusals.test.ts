// A token that is refused on a socket leaves one line and one count, with whose it is where it is genuine.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createTokens } from '../../../relay/identity/tokens.ts';
import type { RefusalReason } from '../../../relay/refusals/reasons.ts';
import { TEST_PROJECT } from '../../helpers/redis.ts';
import { until } from '../../helpers/until.ts';
import { asAdmin, idOf } from '../admin/admin-requests.ts';
import type { Line } from './refusals-fixture.ts';
import { SocketRefusalsFixture } from './socket-refusals-fixture.ts';

const fixture = new SocketRefusalsFixture(test);

const tampered = (token: string) => fixture.secret(`${token.slice(0, -4)}AAAA`);
/** Of another relay's key. */
function foreign(): string {
  const [header = '', payload = ''] = fixture.signed().split('.');
  const { kid: _, ...rest } = JSON.parse(Buffer.from(header, 'base64url').toString());
  const other = Buffer.from(JSON.stringify({ ...rest, kid: 'another' })).toString('base64url');
  return fixture.secret(`${other}.${payload}.${'A'.repeat(43)}`);
}

/** What `auth` or `auth.token` may be, and why it is refused. */
const TOKENS: Record<string, [reason: RefusalReason, tokenOf: () => unknown]> = {
  'a token with a wrong signature': ['token-unparsable', () => tampered(fixture.signed())],
  "a token of another relay's key": ['token-unknown-key', foreign],
  'a token that is a number': ['token-malformed', () => 5],
  'a token that is an object': ['token-malformed', () => ({ token: fixture.signed() })],
  'no token': ['token-missing', () => undefined],
};

for (const [what, [reason, tokenOf]] of Object.entries(TOKENS)) {
  test(`Socket.IO with ${what} is ${reason}`, async () => {
    const from = fixture.address();
    const line = await fixture.refusedOnce(reason, () => {
      const headers = { 'x-forwarded-for': from };
      fixture.openDesktop({ auth: { token: tokenOf() }, headers });
    });
    assert.equal([line.from, line.sub, line.jti], [from, undefined, undefined]);
  });
}

for (const auth of ['"TOKEN"', '[1]', 'null', '7']) {
  test(`a CONNECT with ${auth} in the place of auth is malformed`, async () => {
    const from = fixture.address();
    const line = await fixture.refusedOnce('token-malformed', () => fixture.openEngine(from, `40${auth}`));
    assert.is(line.from, from);
  });
}

test('an expired token names jti and sub, on both protocols', async () => {
  const token = fixture.secret(expired('okta:late'));
  const [native, socketIo] = [fixture.address(), fixture.address()];
  const ofNative = await fixture.refusedOnce('token-expired', async () => {
    (await fixture.openNative(native)).send({ type: 'auth', token });
  });
  const ofSocketIo = await fixture.refusedOnce('token-expired', () => {
    fixture.openDesktop({ token, headers: { 'x-forwarded-for': socketIo } });
  });
  for (const [line, from] of [
    [ofNative, native],
    [ofSocketIo, socketIo],
  ] as const) {
    assert.equal([line.sub, line.jti, line.from], ['okta:late', idOf(token), from]);
  }
});

test('a revoked token names jti and sub, in the audit too', async () => {
  const token = fixture.signed('okta:revoked');
  await asAdmin(fixture.relay, 'revoke', { token });
  const from = fixture.address();
  const line = await fixture.refusedOnce('token-revoked', () => {
    fixture.openDesktop({ token, headers: { 'x-forwarded-for': from } });
  });
  const native = await fixture.refusedOnce('token-revoked', async () => {
    (await fixture.openNative(from)).send({ type: 'auth', token });
  });
  for (const { sub, jti } of [line, native]) assert.equal([sub, jti], ['okta:revoked', idOf(token)]);
  const audited = await auditsWhere((other) => other.sub === 'okta:revoked', 2);
  for (const { jti, outcome, reason } of audited)
    assert.equal([jti, outcome, reason], [idOf(token), 'revoked', 'token-revoked']);
});

test("a token of another relay's key is audited as unknown-key", async () => {
  const token = foreign();
  const from = fixture.address();
  await fixture.refusedOnce('token-unknown-key', async () => {
    (await fixture.openNative(from)).send({ type: 'auth', token });
  });
  const [audited] = await auditsWhere((line) => line.from === from);
  assert.equal([audited?.outcome, audited?.reason], ['unknown-key', 'token-unknown-key']);
});

test('a connection that is revoked while it is open names jti and sub', async () => {
  const token = fixture.signed('okta:open');
  const desktop = await fixture.nativeDesktop({ token });
  const line = await fixture.refusedOnce('token-revoked', async () => {
    await asAdmin(fixture.relay, 'revoke', { sub: 'okta:open' });
    await desktop.closed;
  });
  assert.equal([line.sub, line.jti], ['okta:open', idOf(token)]);
});

/** A token that has expired, and whose session is over. */
function expired(subject: string): string {
  const { keyRing } = fixture.relay;
  const now = () => Date.now() - 48 * 3_600_000;
  return createTokens({ projectId: TEST_PROJECT, lifetimeSeconds: 60, keyRing, now }).issue(subject, '')
    .token;
}

async function auditsWhere(matches: (line: Line) => boolean, count = 1): Promise<Line[]> {
  const found = () =>
    fixture.relay
      .log()
      .split('\n')
      .filter(Boolean)
      .map((line): Line => JSON.parse(line))
      .filter((line) => line.audit === 'refuse' && matches(line));
  await until(() => found().length >= count, 30_000);
  return found();
}

test.run();
