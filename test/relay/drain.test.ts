import { once } from 'node:events';
import { request } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import WebSocket from 'ws';
import { SUBPROTOCOL } from '../../shared/wire.ts';
import { TestDesktop } from '../helpers/desktop.ts';
import { startTestRedis, type TestRedis, uniqueConversation } from '../helpers/redis.ts';
import { startTestRelay, type TestRelay } from '../helpers/relay.ts';
import { until } from '../helpers/until.ts';

let redis: TestRedis;
test.before(async () => {
  redis = await startTestRedis();
});
test.after(() => redis.stop());

interface NativeDesktop {
  socket: WebSocket;
  frames: { type: string; [field: string]: unknown }[];
  /** Code of the close, when it has come. */
  code?: number;
}

async function connectNative(relay: TestRelay): Promise<NativeDesktop> {
  const socket = new WebSocket(`ws://127.0.0.1:${relay.port}/ws`, SUBPROTOCOL);
  const desktop: NativeDesktop = { socket, frames: [] };
  socket.on('message', (data) => desktop.frames.push(JSON.parse(String(data))));
  socket.on('close', (code) => {
    desktop.code = code;
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'auth', token: relay.token }));
  await until(() => desktop.frames.some((frame) => frame.type === 'ready'));
  return desktop;
}

/** The status that an upgrade is answered with. */
function upgradeStatus(relay: TestRelay, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = request({
      port: relay.port,
      path,
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
        'Sec-WebSocket-Protocol': SUBPROTOCOL,
      },
    });
    call.on('response', (response) => resolve(response.resume().statusCode));
    call.on('upgrade', (_response, socket) => {
      socket.destroy();
      resolve(101);
    });
    call.on('error', reject);
    call.end();
  });
}

test('a relay that drains says so, refuses newcomers, closes its desktops over three seconds and ends within eight', async () => {
  const relay = await startTestRelay(redis);
  const natives = await Promise.all(Array.from({ length: 20 }, () => connectNative(relay)));
  const desktops = Array.from({ length: 20 }, () => new TestDesktop(relay.url, relay.token));
  for (const desktop of desktops) {
    desktop.socket.io.reconnection(false);
    await desktop.connected();
    await desktop.join(uniqueConversation());
  }

  const startedAt = Date.now();
  const closed = relay.close();
  await until(() => natives.every(({ frames }) => frames.some(({ type }) => type === 'draining')));
  assert.is((await fetch(`${relay.url}/ready`)).status, 503);
  assert.is((await fetch(`${relay.url}/health`)).status, 200);
  assert.is(await upgradeStatus(relay, '/ws'), 503);
  assert.is(await upgradeStatus(relay, '/socket.io/?EIO=4&transport=websocket'), 503);
  assert.is((await fetch(`${relay.url}/socket.io/?EIO=4&transport=polling`)).status, 503);

  const endings: number[] = [];
  await Promise.all([
    ...natives.map(async (native) => {
      await until(() => native.code !== undefined);
      endings.push(Date.now() - startedAt);
    }),
    ...desktops.map(async (desktop) => {
      await until(() => !desktop.socket.connected);
      endings.push(Date.now() - startedAt);
    }),
  ]);
  await closed;
  const tookMs = Date.now() - startedAt;
  assert.ok(tookMs < 8_000, `took ${tookMs} ms`);
  assert.ok(
    natives.every(({ code }) => code === 4000),
    'closed with the code that says: connect again',
  );
  const spread = Math.max(...endings) - Math.min(...endings);
  assert.ok(spread > 1_000, `closes are spread over ${spread} ms`);
});

test('an upgrade is taken while the relay is not draining', async () => {
  const relay = await startTestRelay(redis);
  assert.is(await upgradeStatus(relay, '/ws'), 101);
  assert.is(await upgradeStatus(relay, '/socket.io/?EIO=4&transport=websocket'), 101);
  assert.is(await upgradeStatus(relay, '/elsewhere'), 404);
  await relay.close();
});

test.run();
