// Strangers who send WebSocket pings and do not read the pongs, over TCP, since no client library does that.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SOCKET_IO_PATH } from '../../../relay/socketio/server.ts';
import { NATIVE_PATH } from '../../../relay/websocket/server.ts';
import { dial, upgradeRequest } from '../../helpers/raw-http.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import '../../helpers/patient-redis.ts';

/** A ping with the longest payload of a control frame, masked with zeros. Source: RFC 6455, 5.2 and 5.5. */
const PING = Buffer.concat([Buffer.from([0x89, 0x80 | 125, 0, 0, 0, 0]), Buffer.alloc(125, 'x')]);
const MANY_PINGS = Buffer.concat(Array<Buffer>(500).fill(PING));
/** Ten times what the operating system holds for a connection. */
const SENT_MAX_BYTES = 64 * 2 ** 20;
const KEPT_MAX_BYTES = 24 * 2 ** 20;

const fixture = relayFixture(test);

function memory(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

for (const path of [`${SOCKET_IO_PATH}?EIO=4&transport=websocket`, NATIVE_PATH]) {
  test(`pings of a stranger without reading end ${path}`, async () => {
    const stranger = fixture.keep(dial(fixture.relay.port, upgradeRequest(path)));
    await until(() => stranger.received.includes('101 Switching Protocols'));
    stranger.socket.pause();
    const before = memory();
    let kept = 0;
    for (let sent = 0; !stranger.socket.destroyed && sent < SENT_MAX_BYTES; sent += MANY_PINGS.length) {
      await new Promise<unknown>((resolve) => stranger.socket.write(MANY_PINGS, resolve));
      kept = Math.max(kept, memory() - before);
    }
    const isCut = stranger.socket.destroyed;
    stranger.socket.destroy();
    const megabytes = Math.round(kept / 2 ** 20);
    assert.ok(isCut, `still open after ${SENT_MAX_BYTES / 2 ** 20} MiB, with ${megabytes} MiB kept`);
    assert.ok(kept < KEPT_MAX_BYTES, `${megabytes} MiB kept`);
  });
}

test('a ping is answered on both paths', async () => {
  for (const path of [`${SOCKET_IO_PATH}?EIO=4&transport=websocket`, NATIVE_PATH]) {
    const client = fixture.keep(dial(fixture.relay.port, upgradeRequest(path)));
    await until(() => client.received.includes('101 Switching Protocols'));
    client.socket.write(PING);
    await until(() => client.received.includes('x'.repeat(125)));
    client.socket.destroy();
  }
});

test.run();
