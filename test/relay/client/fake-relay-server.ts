import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../../relay/client/index.ts';
import { SYSTEM_CLOCK } from '../../../relay/client/timers.ts';
import { FakeRelay } from './fake-relay.ts';

export interface FakeRelayServer {
  relay: FakeRelay;
  url: string;
  /** The open connections. */
  sockets: Set<WebSocket>;
  close(): Promise<void>;
}

/** Serves a {@link FakeRelay} on loopback, for clients with a real WebSocket. */
export async function startFakeRelay(): Promise<FakeRelayServer> {
  const relay = new FakeRelay();
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    path: '/ws',
    handleProtocols: (offered) => (offered.has('agent-assist.v1') ? 'agent-assist.v1' : false),
  });
  server.on('connection', (socket) => {
    const session = relay.accept({
      send: (frame) => socket.send(JSON.stringify(frame)),
      close: (code, reason) => socket.close(code, reason),
    });
    socket.on('message', (data) => session.receive(String(data)));
    socket.on('close', () => session.closed());
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    relay,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sockets: server.clients,
    close: () => {
      for (const socket of server.clients) socket.terminate();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A clock on which timers run twenty times as fast: a connection still has half a second to get ready. */
export const FAST_CLOCK: Clock = {
  now: SYSTEM_CLOCK.now,
  after: (ms, callback) => SYSTEM_CLOCK.after(ms / 20, callback),
};
