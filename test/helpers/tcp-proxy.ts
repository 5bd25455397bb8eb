import { connect, createServer, type Socket } from 'node:net';
import { listen } from './listen.ts';

/** A connection in between that can be made to swallow everything, as a dead node does, or be cut. */
export interface TcpProxy {
  port: number;
  /** From now on nothing passes on the connections that are open; new ones are not affected. */
  stall(): void;
  /** Closes every open connection. */
  cut(): void;
  /** How many connections were ever made. */
  connections(): number;
  close(): Promise<void>;
}

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const pairs = new Set<[Socket, Socket]>();
  let count = 0;
  const server = createServer((client) => {
    count++;
    const upstream = connect(targetPort, '127.0.0.1');
    const pair: [Socket, Socket] = [client, upstream];
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    client.pipe(upstream);
    upstream.pipe(client);
  });
  const port = await listen(server);
  return {
    port,
    stall: () => {
      for (const [client, upstream] of pairs) {
        client.unpipe(upstream);
        upstream.unpipe(client);
        client.resume();
        upstream.resume();
      }
    },
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
