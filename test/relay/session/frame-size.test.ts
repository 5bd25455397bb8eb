// How long a message may be before a token, and after it, on each way in.
import { once } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import { SESSION_LIMITS } from '../../../relay/session/limits.ts';
import { SUBPROTOCOL } from '../../../shared/wire.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import '../../helpers/patient-redis.ts';

const { firstFramesMaxBytes: FIRST, inboundFrameMaxBytes: LATER } = SESSION_LIMITS;
const fixture = relayFixture(test);

/** Ignored by Socket.IO's server: an event that nobody listens for. */
const event = (bytes: number) => `42["nothing","${'x'.repeat(bytes - '42["nothing",""]'.length)}"]`;
/** Answered with `pong`. */
const ping = (bytes: number) =>
  `{"type":"ping","pad":"${'x'.repeat(bytes - '{"type":"ping","pad":""}'.length)}"}`;

async function open(
  path: string,
  protocols: string[] = [],
): Promise<{ socket: WebSocket; received: string[] }> {
  const socket = new WebSocket(fixture.relay.url.replace('http', 'ws') + path, protocols);
  fixture.defer(() => socket.terminate());
  const received: string[] = [];
  socket.on('message', (data) => received.push(String(data)));
  await once(socket, 'open');
  return { socket, received };
}

const openSocketIo = () => open('/socket.io/?EIO=4&transport=websocket');
const openNative = () => open('/ws', [SUBPROTOCOL]);

for (const [name, connect] of [
  ['Socket.IO', openSocketIo],
  ['the native protocol', openNative],
] as const) {
  test(`16 KiB before the token close a connection of ${name}`, async () => {
    const { socket } = await connect();
    socket.send('x'.repeat(FIRST + 1));
    assert.is((await once(socket, 'close'))[0], 1009);
  });
}

test('Socket.IO takes 64 KiB after the token, and closes with 1009 for more', async () => {
  const { socket, received } = await openSocketIo();
  socket.send(`40${JSON.stringify({ token: fixture.token() })}`);
  await until(() => received.some((packet) => packet.startsWith('40')));
  socket.send(event(LATER));
  socket.send('420["join-conversation","nothing"]');
  await until(() => received.some((packet) => packet.startsWith('430')));
  socket.send(event(LATER + 1));
  assert.is((await once(socket, 'close'))[0], 1009);
});

test('the native protocol takes 64 KiB after the token', async () => {
  const { socket, received } = await openNative();
  socket.send(JSON.stringify({ type: 'auth', token: fixture.token() }));
  await until(() => received.length === 1);
  socket.send(ping(LATER));
  await until(() => received.some((frame) => frame.includes('pong')));
});

test('long polling takes 16 KiB before the token and 64 KiB after it', async () => {
  const url = `${fixture.relay.url}/socket.io/?EIO=4&transport=polling`;
  const start = async () => {
    const [, sid] = /"sid":"([^"]+)"/.exec(await (await fetch(url)).text()) ?? [];
    return (body: string) => fetch(`${url}&sid=${sid}`, { method: 'POST', body });
  };
  const stranger = await start();
  assert.is((await stranger(event(FIRST + 1))).status, 413);
  const desktop = await start();
  assert.is((await desktop(`40${JSON.stringify({ token: fixture.token() })}`)).status, 200);
  await until(async () => (await desktop(event(FIRST + 1))).status === 200);
  assert.is((await desktop(event(LATER))).status, 200);
  assert.is((await desktop(event(LATER + 1))).status, 413);
});

test.run();
