import { io } from 'socket.io-client';
import { EVENT_KINDS } from '../../shared/event.ts';
import type { Receipt } from './delivery-report.ts';

/** A desktop that notes what it is given and shows nothing. */
export interface CountingDesktop {
  receipts: readonly Receipt[];
  /** Why its connection ended by itself; undefined while it lasts. */
  cutBy(): string | undefined;
  close(): void;
}

const JOIN_LIMIT_MS = 10_000;

/**
 * Joins a conversation as every existing desktop does, over Socket.IO; resolves once it is acknowledged. It does not
 * connect again: what it would miss meanwhile is what it counts.
 */
export async function joinConversation(
  url: string,
  token: string,
  conversation: string,
): Promise<CountingDesktop> {
  const receipts: Receipt[] = [];
  let cutBy: string | undefined;
  // Connections that share a client would share one socket.
  const socket = io(url, { auth: { token }, transports: ['websocket'], reconnection: false, forceNew: true });
  for (const kind of EVENT_KINDS) {
    socket.on(kind, (event: { conversation_name: string; message_id: string }) => {
      const { conversation_name, message_id } = event;
      receipts.push({ conversation: conversation_name, kind, messageId: message_id, at: performance.now() });
    });
  }
  socket.on('disconnect', (reason) => {
    if (reason !== 'io client disconnect') cutBy = reason;
  });
  const close = () => socket.disconnect();
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', (error) => reject(new Error(`the desktop was refused: ${error.message}`)));
    });
    const [joined, reason] = await new Promise<unknown[]>((resolve, reject) => {
      socket
        .timeout(JOIN_LIMIT_MS)
        .emit('join-conversation', conversation, (error: Error | null, ...answer: unknown[]) =>
          error === null ? resolve(answer) : reject(new Error('the relay does not answer join-conversation')),
        );
    });
    if (joined !== true) throw new Error(`the relay refused join-conversation: ${String(reason)}`);
  } catch (error) {
    close();
    throw error;
  }
  return { receipts, cutBy: () => cutBy, close };
}
