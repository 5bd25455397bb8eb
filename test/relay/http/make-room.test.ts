import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeRoomWhenFull } from '../../../relay/http/pending-connections.ts';
import { until } from '../../helpers/until.ts';
import { type Connection, dial } from './raw-connection.ts';

const MAX = 2;
const REQUEST = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const isAnswered = ({ received }: Connection) => received.startsWith('HTTP/1.1 200');

test('a server that is full closes connections that idle, and none that is at work', async () => {
  let finish: (() => void) | undefined;
  const server = createServer((request, response) => {
    if (request.url === '/') response.end();
    else finish = () => void response.end();
  });
  server.maxConnections = MAX;
  makeRoomWhenFull(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const idle = dial(port, REQUEST);
  const busy = dial(port, 'GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
  try {
    await until(() => isAnswered(idle) && finish !== undefined);
    const refused = dial(port, REQUEST);
    await until(() => refused.isClosed);
    assert.not.ok(isAnswered(refused), 'there was room');
    await until(() => idle.isClosed);

    const next = dial(port, REQUEST);
    await until(() => isAnswered(next));
    assert.not.ok(busy.isClosed);
    finish?.();
    await until(() => isAnswered(busy));
    next.socket.destroy();
  } finally {
    for (const { socket } of [idle, busy]) socket.destroy();
    server.close();
  }
});

test.run();
