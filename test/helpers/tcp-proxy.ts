import { connect, createServer, type Socket } from 'node:net';
import { listen } from './listen.ts';

/** A connection in between that can be made to swallow everything, as a dead node does, or be cut. */
export interface TcpProxy {
  port: number;
  /** From now on nothing passes on the connections that are open, not even their ends; new ones are not affected. */
  stall(): void;
  /** New connections go to this port. */
  moveTo(port: number): void;
  /** How many connections the target has open. */
  open(): number;
  /** Closes every open connection. */
  cut(): void;
  /** How many connections were ever made. */
  connections(): number;
  close(): Promise<void>;
}

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const pairs = new Set<[Socket, Socket]>();
  const stalled = new Set<Socket>();
  let target = targetPort;
  let count = 0;
  const server = createServer((client) => {
    count++;
    const upstream = connect(target, '127.0.0.1');
    const pair: [Socket, Socket] = [client, upstream];
    pairs.add(pair);
    const end = () => {
      client.destroy();
      if (!stalled.has(upstream)) upstream.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    upstream.on('close', () => pairs.delete(pair));
    client.pipe(upstream);
    upstream.pipe(client);
  });
  const port = await listen(server);
  return {
    port,
    stall: () => {
      for (const [client, upstream] of pairs) {
        stalled.add(upstream);
        client.unpipe(upstream);
        upstream.unpipe(client);
        client.resume();
        upstream.resume();
      }
    },
    moveTo: (next) => {
      target = next;
    },
    open: () => pairs.size,
    cut: () => {
      for (const [client] of pairs) client.destroy();
    },
    connections: () => count,
    close: () => {
      for (const [client, upstream] of pairs) {
        client.destroy();
        upstream.destroy();
      }
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
