import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import Fastify from 'fastify';
import { Server, type Socket } from 'socket.io';
import { desktopPlugin } from '../../relay/http/pages/desktop-page.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The desktop page in front of a relay that does only what a test tells it. */
export interface PageServer {
  url: string;
  /** What `/conversation-name` answers. */
  conversation: string;
  /** Whether `/register` gives a token that a socket is accepted with. */
  isOpen: boolean;
  /** The names that were joined, in order. */
  joins: string[];
  sockets: Set<Socket>;
  /** Sends an event to every desktop. */
  emit(kind: string, event: Record<string, unknown>): void;
  close(): Promise<void>;
}

export async function startPageServer(): Promise<PageServer> {
  const directory = await mkdtemp(join(tmpdir(), 'desktop-page-'));
  await build({
    entryPoints: [join(ROOT, 'relay/desktop/desktop.ts')],
    outfile: join(directory, 'desktop.js'),
    bundle: true,
    format: 'iife',
    logLevel: 'error',
  });
  for (const file of ['index.html', 'desktop.css'])
    await copyFile(join(ROOT, 'relay/desktop', file), join(directory, file));
  const client = 'node_modules/socket.io-client/dist/socket.io.min.js';
  await copyFile(join(ROOT, client), join(directory, 'socket.io.min.js'));

  const app = Fastify();
  await app.register(desktopPlugin({ directory }));
  app.post('/register', async () => ({ token: server.isOpen ? 'good' : 'bad' }));
  app.get('/conversation-name', async () => ({ conversationName: server.conversation }));
  const io = new Server(app.server);
  io.use((socket, next) => {
    next(socket.handshake.auth.token === 'good' ? undefined : new Error('authentication failed'));
  });
  io.on('connection', (socket) => {
    server.sockets.add(socket);
    socket.on('disconnect', () => server.sockets.delete(socket));
    socket.on('join-conversation', (name: string, acknowledge: (ok: boolean, name: string) => void) => {
      server.joins.push(name);
      acknowledge(true, name);
    });
  });
  const server: PageServer = {
    url: await app.listen({ port: 0, host: '127.0.0.1' }),
    conversation: '',
    isOpen: true,
    joins: [],
    sockets: new Set(),
    emit: (kind, event) => io.emit(kind, event),
    async close() {
      await io.close();
      await app.close();
      await rm(directory, { recursive: true });
    },
  };
  return server;
}
