import { connect, createServer, type Socket } from 'node:net';
import { listen } from './listen.ts';

/** A loopback port that leads to another one as if it were far away. */
export interface DistantPort {
  port: number;
  close(): Promise<void>;
}

/** @param roundTripMs what the way there and back takes longer, in milliseconds. */
export async function openDistantPort(targetPort: number, roundTripMs: number): Promise<DistantPort> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(targetPort, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      // Timers of one length fire in the order in which they were set.
      from.on('data', (chunk) => setTimeout(() => to.write(chunk), roundTripMs / 2));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  const port = await listen(server);
  return {
    port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
