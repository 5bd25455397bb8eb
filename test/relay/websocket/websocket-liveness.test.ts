// Who is no longer there is found out, and who does not show a token is not waited for.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ClientOptions } from 'ws';
import { SESSION_LIMITS } from '../../../relay/session/limits.ts';
import { CLOSE } from '../../../shared/close-codes.ts';
import type { NativeDesktop } from '../../helpers/native-desktop.ts';
import { quietLogger } from '../../helpers/quiet-logger.ts';
import { TEST_PROJECT, uniqueConversation } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { startTcpProxy } from '../../helpers/tcp-proxy.ts';
import { until } from '../../helpers/until.ts';
import { FakeHub } from '../session/fake-hub.ts';
import { startNativeServer } from './native-server.ts';
import { tokens } from './native-session-fixture.ts';
import '../../helpers/patient-redis.ts';

const fixture = relayFixture(test);
/** Never sends a token: opened first and looked at last, because it takes as long as the deadline is. */
let silent: NativeDesktop;
let silentSince: number;

test.before(async () => {
  silent = await fixture.openNativeDesktop().opened();
  silentSince = Date.now();
});

const open = (url: string, options: ClientOptions = {}) =>
  fixture.openNativeDesktop({ url, mayFail: true, ...options });

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
  const proxy = fixture.keep(await startTcpProxy(Number(new URL(server.url).port)));
  const desktop = open(`http://127.0.0.1:${proxy.port}`);
  await desktop.ready(tokens.issue('test:agent', '').token);
  proxy.stall();
  await server.close();
});

test('closing relays end all connections, also of clients that do not answer', async () => {
  const closing = await fixture.startRelay();
  const desktop = open(closing.url);
  await desktop.ready(closing.token);
  const proxy = fixture.keep(await startTcpProxy(closing.port));
  const dead = open(`http://127.0.0.1:${proxy.port}`);
  await dead.ready(closing.token);
  proxy.stall();
  await closing.close();
  assert.equal(await desktop.closed, [CLOSE.draining.code, CLOSE.draining.reason]);
});

test('a connection that sends no token is closed ten seconds after it was opened', async () => {
  assert.equal(await silent.closed, [CLOSE['auth-timeout'].code, CLOSE['auth-timeout'].reason]);
  assert.ok(Date.now() - silentSince >= SESSION_LIMITS.authTimeoutMs - 50);
  assert.equal(silent.frames, []);
});

test.run();
