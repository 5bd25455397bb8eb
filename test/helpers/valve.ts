import { connect, createServer, type Socket } from 'node:net';
import { listen } from './listen.ts';

/** A line to the relay through which, while it is shut, nothing comes to the desktop: it pushes back, as TCP does. */
export async function openValve(relayPort: number) {
  const lines = new Set<Socket>();
  let isShut = false;
  let passed = 0;
  const server = createServer((client) => {
    const upstream = connect(relayPort, '127.0.0.1');
    lines.add(upstream);
    client.pipe(upstream);
    upstream.on('data', (chunk) => {
      passed += chunk.length;
      client.write(chunk);
    });
    if (isShut) upstream.pause();
    upstream.on('close', () => {
      lines.delete(upstream);
      client.destroy();
    });
    client.on('close', () => upstream.destroy());
    for (const socket of [client, upstream]) socket.on('error', () => socket.destroy());
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    shut: () => {
      isShut = true;
      for (const line of lines) line.pause();
    },
    open: () => {
      isShut = false;
      for (const line of lines) line.resume();
    },
    passed: () => passed,
    close: () => {
      for (const line of lines) line.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
