import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CLOSE } from '../../../shared/close-codes.ts';
import type { TestDesktop } from '../../helpers/desktop.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import type { TestRelay } from '../../helpers/relay.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import { adminToken, asAdmin, idOf, statusWith } from './admin-requests.ts';
import '../../helpers/patient-redis.ts';

let clockOffset = 0;

const fixture = relayFixture(test, { relays: 2, adminToken, now: () => Date.now() + clockOffset });
test.before.each(() => {
  clockOffset = 0;
});
/** A desktop of each kind that has joined a conversation. */
async function connect(relay: TestRelay, token: string, conversation = uniqueConversation()) {
  const native = await fixture.nativeDesktop({ relay, token });
  await native.join(conversation);
  const socketIo = await fixture.desktop({ relay, token });
  await socketIo.join(conversation);
  return { native, socketIo, conversation };
}

/** Resolves with the reason of the first refusal after the desktop's connection was closed. */
const refusalOf = ({ socket }: TestDesktop) =>
  new Promise<string>((resolve) => socket.once('connect_error', (error) => resolve(error.message)));

test('a revoked token loses its connections on all relays, and no entry accepts it', async () => {
  const token = fixture.relay.tokens.issue('okta:ann', '').token;
  const other = fixture.relay.tokens.issue('okta:ann', '').token;
  const [first, second, untouched] = await Promise.all([
    connect(fixture.relay, token),
    connect(fixture.otherRelay, token),
    connect(fixture.otherRelay, other),
  ]);
  const refusals = Promise.all([refusalOf(first.socketIo), refusalOf(second.socketIo)]);
  assert.is((await asAdmin(fixture.relay, 'revoke', { jti: idOf(token) })).status, 200);
  for (const { native } of [first, second]) assert.is((await native.closed)[0], CLOSE.revoked.code);
  assert.equal(await refusals, ['authentication failed', 'authentication failed']);
  for (const relay of [fixture.relay, fixture.otherRelay]) {
    assert.is(await statusWith(relay, token), 401);
    assert.is(await statusWith(relay, other), 200);
    const again = await fixture.openNativeDesktop({ relay }).opened();
    again.send({ type: 'auth', token });
    assert.is((await again.closed)[0], CLOSE.revoked.code);
  }
  assert.ok(untouched.socketIo.socket.connected);
  assert.is(untouched.native.socket.readyState, WebSocket.OPEN);
});

test('a revoked identity loses its connections, and may register again later', async () => {
  const desktops = await Promise.all(
    [fixture.relay, fixture.otherRelay].map((relay) =>
      connect(relay, relay.tokens.issue('okta:bob', '').token),
    ),
  );
  await asAdmin(fixture.otherRelay, 'revoke', { sub: 'okta:bob' });
  for (const { native } of desktops) assert.is((await native.closed)[0], CLOSE.revoked.code);
  clockOffset = 3_000;
  assert.is(await statusWith(fixture.relay, fixture.relay.tokens.issue('okta:bob', '').token), 200);
});

test('a revoked token that has expired does not come back to its conversations', async () => {
  const token = fixture.relay.tokens.issue('okta:eve', '').token;
  const { native, socketIo, conversation } = await connect(fixture.relay, token);
  native.close();
  socketIo.close();
  clockOffset = 3_700_000;
  const resumed = await fixture.desktop({ relay: fixture.otherRelay, token });
  assert.is((await resumed.join(conversation))[0], true);
  const refusal = refusalOf(resumed);
  await asAdmin(fixture.relay, 'revoke', { jti: idOf(token) });
  assert.is(await refusal, 'authentication failed');
});

test('a revoked conversation loses its desktops, whose tokens still open the others', async () => {
  const token = fixture.relay.tokens.issue('okta:dan', '').token;
  const inside = await connect(fixture.relay, token);
  const outside = await connect(fixture.otherRelay, token);
  await asAdmin(fixture.otherRelay, 'revoke', { conversation: inside.conversation });
  assert.is((await inside.native.closed)[0], CLOSE.withdrawn.code);
  const again = await fixture.nativeDesktop({ token });
  const refused = await again.join(inside.conversation);
  assert.equal(refused.type === 'error' && [refused.code, refused.message], [
    'not-allowed',
    'access was revoked',
  ]);
  assert.is((await again.join(outside.conversation)).type, 'joined');
  await until(() => inside.socketIo.socket.connected);
  assert.equal(await inside.socketIo.join(inside.conversation), [false, 'access was revoked']);
  assert.is(outside.native.socket.readyState, WebSocket.OPEN);
});

test('a relay without Redis refuses joins and answers 503, as it may miss revocations', async () => {
  const own = await fixture.startRedis();
  const relay = await fixture.startRelay({ adminToken }, own);
  const desktop = await fixture.nativeDesktop({ relay });
  await own.stop();
  const [answer, request, registration] = await Promise.all([
    desktop.join(uniqueConversation()),
    statusWith(relay, relay.token),
    fetch(`${relay.url}/register`, { method: 'POST' }),
  ]);
  assert.equal(answer.type === 'error' && answer.code, 'unavailable');
  assert.is(request, 503);
  assert.is(registration.status, 200, 'a token alone opens nothing: each use of it asks');
});

test.run();
