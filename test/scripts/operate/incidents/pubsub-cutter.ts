// A way to Redis for one relay on which pub/sub can be cut while commands pass, as a limit or a firewall in between may do.
import { connect, createServer, type Socket } from 'node:net';

export interface PubsubCutter {
  server: ReturnType<typeof createServer>;
  /** Ends every connection that has subscribed, and from now on each one when it subscribes. */
  cut(): void;
}

const SUBSCRIBES = /\$\d+\r\ns?subscribe\r\n/i;

export function createPubsubCutter(redisPort: number): PubsubCutter {
  const subscribers = new Set<Socket>();
  let isCut = false;
  const server = createServer((client) => {
    const upstream = connect(redisPort, '127.0.0.1');
    for (const socket of [client, upstream])
      socket
        .on('error', () => socket.destroy())
        .on('close', () => {
          client.destroy();
          upstream.destroy();
          subscribers.delete(client);
        });
    upstream.pipe(client);
    client.on('data', (chunk) => {
      if (SUBSCRIBES.test(chunk.toString('latin1'))) {
        subscribers.add(client);
        if (isCut) return client.destroy();
      }
      return upstream.write(chunk);
    });
  });
  return {
    server,
    cut: () => {
      isCut = true;
      for (const client of subscribers) client.destroy();
    },
  };
}
