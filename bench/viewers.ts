import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startNode } from './node-process.ts';
import type { Connect, ViewersMessage } from './viewers-process.ts';

/** WebSocket connections in a process of their own. */
export interface Viewers {
  /** Resolves when all are connected, and as desktops have joined. */
  connect(request: Connect): Promise<void>;
  /** Calls back with the number of events that have reached every viewer. */
  onDelivered(listener: (events: number) => void): void;
  stop(): Promise<void>;
}

/** Where a desktop connects on a Socket.IO server, without long polling first. */
export const socketIoUrl = (port: number) => `ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`;

export async function startViewers(env: NodeJS.ProcessEnv): Promise<Viewers> {
  const script = fileURLToPath(new URL('./viewers-process.ts', import.meta.url));
  const viewers = startNode<ViewersMessage>({ name: 'the viewers', args: [script], env });
  await once(viewers.child, 'spawn');
  return {
    async connect(request) {
      const connected = viewers.answer('connected');
      viewers.child.send(request);
      await connected;
    },
    onDelivered(listener) {
      viewers.child.on('message', (message) => {
        const { type, ...rest } = message as ViewersMessage;
        if (type === 'delivered') listener((rest as { events: number }).events);
      });
    },
    stop: viewers.stop,
  };
}
