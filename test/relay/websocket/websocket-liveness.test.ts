// Who is no longer there is found out, and who does not show a token is not waited for.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SESSION_LIMITS } from '../../../relay/session/limits.ts';
import { CLOSE } from '../../../shared/close-codes.ts';
import { quietLogger } from '../../helpers/quiet-logger.ts';
import { startTestRedis, TEST_PROJECT, type TestRedis, uniqueConversation } from '../../helpers/redis.ts';
import { startTestRelay, type TestRelay } from '../../helpers/relay.ts';
import { startTcpProxy } from '../../helpers/tcp-proxy.ts';
import { until } from '../../helpers/until.ts';
import { FakeHub } from '../session/fake-hub.ts';
import { NativeDesktop, startNativeServer } from './native-server.ts';
import { tokens } from './native-session-fixture.ts';

let redis: TestRedis;
let relay: TestRelay;
/** Never sends a token: opened first and looked at last, because it takes as long as the deadline is. */
let silent: NativeDesktop;
let silentSince: number;
const desktops: NativeDesktop[] = [];

test.before(async () => {
  redis = await startTestRedis();
  relay = await startTestRelay(redis);
  silent = await new NativeDesktop(relay.url).opened();
  silentSince = Date.now();
});
test.after.each(() => {
  for (const desktop of desktops.splice(0)) desktop.socket.terminate();
});
test.after(async () => {
  await relay.close();
  await redis.stop();
});

function open(...parameters: ConstructorParameters<typeof NativeDesktop>): NativeDesktop {
  const desktop = new NativeDesktop(...parameters);
  desktop.socket.on('error', () => {});
  desktops.push(desktop);
  return desktop;
}

const NO_HUB = { project: { id: TEST_PROJECT }, tokens, logger: quietLogger };

test('a client that answers the pings of the WebSocket stays', async () => {
  const server = await startNativeServer(
    { ...NO_HUB, hub: new FakeHub() },
    { pingEveryMs: 20, pongTimeoutMs: 5_000 },
  );
  const desktop = await open(server.url).opened();
  let pings = 0;
  desktop.socket.on('ping', () => pings++);
  await until(() => pings >= 5);
  assert.is(desktop.socket.readyState, desktop.socket.OPEN);
  desktop.socket.close();
  await server.close();
});

test('a client that does not answer is closed and leaves its conversations', async () => {
  const hub = new FakeHub();
  const server = await startNativeServer({ ...NO_HUB, hub }, { pingEveryMs: 20, pongTimeoutMs: 1_000 });
  const desktop = open(server.url, { autoPong: false });
  await desktop.ready(tokens.issue('test:agent', '').token);
  desktop.send({ type: 'join', id: 1, conversation: uniqueConversation() });
  await until(() => hub.joins.length === 1);
  assert.equal(await desktop.closed, [CLOSE.silent.code, CLOSE.silent.reason]);
  assert.is(hub.last.hasLeft, true);
  await server.close();
});

test('a peer that is dead without a word is cut off', async () => {
  const server = await startNativeServer(
    { ...NO_HUB, hub: new FakeHub() },
    { pingEveryMs: 50, pongTimeoutMs: 1_000 },
  );
  const proxy = await startTcpProxy(Number(new URL(server.url).port));
  const desktop = open(`http://127.0.0.1:${proxy.port}`);
  await desktop.ready(tokens.issue('test:agent', '').token);
  proxy.stall();
  await server.close();
  await proxy.close();
});

test('relays that close end every connection, also of clients that do not answer the close', async () => {
  const closing = await startTestRelay(redis);
  const desktop = open(closing.url);
  await desktop.ready(closing.token);
  const proxy = await startTcpProxy(closing.port);
  const dead = open(`http://127.0.0.1:${proxy.port}`);
  await dead.ready(closing.token);
  proxy.stall();
  await closing.close();
  assert.equal(await desktop.closed, [CLOSE.draining.code, CLOSE.draining.reason]);
  await proxy.close();
});

test('a connection that sends no token is closed ten seconds after it was opened', async () => {
  assert.equal(await silent.closed, [CLOSE['auth-timeout'].code, CLOSE['auth-timeout'].reason]);
  assert.ok(Date.now() - silentSince >= SESSION_LIMITS.authTimeoutMs - 50);
  assert.equal(silent.frames, []);
});

test.run();
