import { connect, createServer, type Socket } from 'node:net';
import { listen } from './listen.ts';

/** A line to a relay that can be made slow: what it does not bring to the desktop stays with the sender, as with TCP. */
export interface SlowLine {
  port: number;
  /** How many connections there have been. */
  connections(): number;
  /** From now on each connection brings the desktop so many bytes a second; without a number, all that comes. */
  limit(bytesPerSecond?: number): void;
  close(): Promise<void>;
}

const TICK_MS = 100;

export async function openSlowLine(relayPort: number): Promise<SlowLine> {
  const lines = new Map<Socket, Socket>();
  let bytesPerTick: number | undefined;
  let count = 0;

  /** With a listener for it, and nobody who lets it flow, a socket reads 64 KiB ahead and no more. */
  const onReadable = () => {};

  function pass(upstream: Socket, client: Socket): void {
    if (bytesPerTick === undefined) {
      upstream.off('readable', onReadable).pipe(client);
    } else {
      upstream.unpipe(client).on('readable', onReadable);
    }
  }

  const server = createServer((client) => {
    count++;
    const upstream = connect(relayPort, '127.0.0.1');
    lines.set(upstream, client);
    client.pipe(upstream);
    pass(upstream, client);
    upstream.on('close', () => {
      lines.delete(upstream);
      client.destroy();
    });
    client.on('close', () => upstream.destroy());
    for (const socket of [client, upstream]) socket.on('error', () => socket.destroy());
  });
  const port = await listen(server);

  const timer = setInterval(() => {
    if (bytesPerTick === undefined) return;
    for (const [upstream, client] of lines) {
      const chunk = upstream.read(Math.min(bytesPerTick, upstream.readableLength));
      if (chunk !== null) client.write(chunk);
    }
  }, TICK_MS);

  return {
    port,
    connections: () => count,
    limit: (bytesPerSecond) => {
      bytesPerTick = bytesPerSecond === undefined ? undefined : Math.ceil((bytesPerSecond * TICK_MS) / 1000);
      for (const [upstream, client] of lines) pass(upstream, client);
    },
    close: () => {
      clearInterval(timer);
      for (const upstream of lines.keys()) upstream.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
