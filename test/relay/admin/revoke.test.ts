import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CLOSE } from '../../../shared/close-codes.ts';
import { TestDesktop } from '../../helpers/desktop.ts';
import { startTestRedis, type TestRedis, uniqueConversation } from '../../helpers/redis.ts';
import { startTestRelay, type TestRelay } from '../../helpers/relay.ts';
import { until } from '../../helpers/until.ts';
import { NativeDesktop } from '../websocket/native-desktop.ts';
import { adminToken, asAdmin, statusWith } from './admin-requests.ts';

let redis: TestRedis;
let here: TestRelay;
let there: TestRelay;
let clockOffset = 0;
const now = () => Date.now() + clockOffset;

test.before(async () => {
  redis = await startTestRedis();
  here = await startTestRelay(redis, {}, { adminToken, now });
  there = await startTestRelay(redis, {}, { adminToken, now });
});
test.before.each(() => {
  clockOffset = 0;
});
test.after(async () => {
  await Promise.all([here.close(), there.close()]);
  await redis.stop();
});

/** A desktop of each kind that has joined a conversation. */
async function connect(relay: TestRelay, token: string, conversation = uniqueConversation()) {
  const native = new NativeDesktop(relay.url);
  await native.ready(token);
  await native.join(conversation);
  const socketIo = await new TestDesktop(relay.url, token).connected();
  await socketIo.join(conversation);
  return { native, socketIo, conversation };
}

type Connected = Awaited<ReturnType<typeof connect>>;

const close = (...all: Connected[]) => {
  for (const { native, socketIo } of all) {
    native.socket.terminate();
    socketIo.close();
  }
};

const idOf = (token: string): string =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).jti;

/** Resolves with the reason of the first refusal after the desktop's connection was closed. */
const refusalOf = ({ socket }: TestDesktop) =>
  new Promise<string>((resolve) => socket.once('connect_error', (error) => resolve(error.message)));

test('revoking a token closes its connections on every relay, and it is refused on every way in', async () => {
  const token = here.tokens.issue('okta:ann', '').token;
  const other = here.tokens.issue('okta:ann', '').token;
  const [first, second, untouched] = await Promise.all([
    connect(here, token),
    connect(there, token),
    connect(there, other),
  ]);
  const refusals = Promise.all([refusalOf(first.socketIo), refusalOf(second.socketIo)]);
  assert.is((await asAdmin(here, 'revoke', { jti: idOf(token) })).status, 200);
  for (const { native } of [first, second]) assert.is((await native.closed)[0], CLOSE.revoked.code);
  assert.equal(await refusals, ['authentication failed', 'authentication failed']);
  for (const relay of [here, there]) {
    assert.is(await statusWith(relay, token), 401);
    assert.is(await statusWith(relay, other), 200);
    const again = new NativeDesktop(relay.url);
    await again.opened();
    again.send({ type: 'auth', token });
    assert.is((await again.closed)[0], CLOSE.revoked.code);
  }
  assert.ok(untouched.socketIo.socket.connected);
  assert.is(untouched.native.socket.readyState, WebSocket.OPEN);
  close(first, second, untouched);
});

test('revoking an identity closes the connections of all its tokens, and lets in one that registers later', async () => {
  const desktops = await Promise.all(
    [here, there].map((relay) => connect(relay, relay.tokens.issue('okta:bob', '').token)),
  );
  await asAdmin(there, 'revoke', { sub: 'okta:bob' });
  for (const { native } of desktops) assert.is((await native.closed)[0], CLOSE.revoked.code);
  clockOffset = 3_000;
  assert.is(await statusWith(here, here.tokens.issue('okta:bob', '').token), 200);
  close(...desktops);
});

test('a revoked token that has expired does not come back to its conversations', async () => {
  const token = here.tokens.issue('okta:eve', '').token;
  const { conversation, ...desktop } = await connect(here, token);
  close({ ...desktop, conversation });
  clockOffset = 3_700_000;
  const resumed = await new TestDesktop(there.url, token).connected();
  assert.is((await resumed.join(conversation))[0], true);
  const refusal = refusalOf(resumed);
  await asAdmin(here, 'revoke', { jti: idOf(token) });
  assert.is(await refusal, 'authentication failed');
  resumed.close();
});

test('revoking a conversation closes who is in it, and refuses it to their tokens but not the others', async () => {
  const token = here.tokens.issue('okta:dan', '').token;
  const inside = await connect(here, token);
  const outside = await connect(there, token);
  await asAdmin(there, 'revoke', { conversation: inside.conversation });
  assert.is((await inside.native.closed)[0], CLOSE.withdrawn.code);
  const again = new NativeDesktop(here.url);
  await again.ready(token);
  const refused = await again.join(inside.conversation);
  assert.equal(refused.type === 'error' && [refused.code, refused.message], [
    'not-allowed',
    'access was revoked',
  ]);
  assert.is((await again.join(outside.conversation)).type, 'joined');
  await until(() => inside.socketIo.socket.connected);
  assert.equal(await inside.socketIo.join(inside.conversation), [false, 'access was revoked']);
  assert.is(outside.native.socket.readyState, WebSocket.OPEN);
  again.socket.terminate();
  close(inside, outside);
});

test('a relay without Redis lets nobody join and answers requests with 503: a revocation may have passed it by', async () => {
  const own = await startTestRedis();
  const relay = await startTestRelay(own, {}, { adminToken });
  const desktop = new NativeDesktop(relay.url);
  await desktop.ready(relay.token);
  await own.stop();
  const [answer, request, registration] = await Promise.all([
    desktop.join(uniqueConversation()),
    statusWith(relay, relay.token),
    fetch(`${relay.url}/register`, { method: 'POST' }),
  ]);
  assert.equal(answer.type === 'error' && answer.code, 'unavailable');
  assert.is(request, 503);
  assert.is(registration.status, 200, 'a token alone opens nothing: each use of it asks');
  desktop.socket.terminate();
  await relay.close();
});

test.run();
