// What relay/socketio/engine-connection.ts relies on and engine.io and ws do not declare. A failure here says which
// part of it a new version has changed.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Server, type Socket } from 'socket.io';
import { io as connect } from 'socket.io-client';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket, WebSocketServer } from 'ws';
import { textFrame } from '../../../relay/socketio/frame.ts';
import { Fixture } from '../../helpers/fixture.ts';

const fixture = new Fixture(test);

/** The engine below a socket that is connected over this transport. */
async function engineOver(transport: 'websocket' | 'polling'): Promise<Socket['conn']> {
  const server = createServer();
  const io = new Server(server, { wsEngine: WebSocketServer });
  const port = await fixture.listen(server);
  fixture.defer(() => io.close());
  const client = connect(`http://127.0.0.1:${port}`, { transports: [transport], reconnection: false });
  fixture.defer(() => client.disconnect());
  const [socket] = await once(io, 'connection');
  return socket.conn;
}

const changed = (what: string) => `${what}: adapt relay/socketio/engine-connection.ts to the new version`;

test('an engine over WebSocket has its queue, socket and sender where we write', async () => {
  const engine = (await engineOver('websocket')) as unknown as {
    readyState: string;
    writeBuffer: unknown;
    request: unknown;
    transport: {
      name: string;
      socket: WebSocket & { _socket?: { cork?: unknown }; _sender?: { sendFrame?: unknown } };
    };
  };
  assert.is(engine.readyState, 'open', changed('readyState of engine.io'));
  assert.ok(Array.isArray(engine.writeBuffer), changed('writeBuffer of engine.io'));
  assert.ok('request' in engine, changed('request of engine.io'));
  assert.is(engine.transport.name, 'websocket', changed('transport.name of engine.io'));
  const { socket } = engine.transport;
  assert.instance(socket, WebSocket, changed('transport.socket of engine.io, of the one ws of the project'));
  assert.type(socket._socket?.cork, 'function', changed('_socket of ws'));
  assert.type(socket._sender?.sendFrame, 'function', changed('_sender.sendFrame of ws'));
});

test('an engine over long polling has limits on its close and its bodies', async () => {
  const { transport } = (await engineOver('polling')) as unknown as {
    transport: { closeTimeout: unknown; maxHttpBufferSize: unknown };
  };
  assert.type(transport.closeTimeout, 'number', changed('closeTimeout of engine.io'));
  assert.type(transport.maxHttpBufferSize, 'number', changed('maxHttpBufferSize of engine.io'));
});

test('the frames that we write past the engine are those that ws itself makes', async () => {
  assert.equal(textFrame('é'), Buffer.from([0x81, 2, 0xc3, 0xa9]), changed('Sender.frame of ws'));
});

test.run();
