import { io } from 'socket.io-client';
import { EVENT_KINDS } from '../../shared/event.ts';
import type { Receipt } from './delivery-report.ts';

/** A desktop that notes what it is given and shows nothing. */
export interface CountingDesktop {
  receipts: Receipt[];
  close(): void;
}

const JOIN_LIMIT_MS = 10_000;

/** Joins a conversation as every existing desktop does, over Socket.IO; resolves once it is acknowledged. */
export async function joinConversation(
  url: string,
  token: string,
  conversation: string,
): Promise<CountingDesktop> {
  const receipts: Receipt[] = [];
  const socket = io(url, { auth: { token }, transports: ['websocket'], reconnection: false });
  for (const kind of EVENT_KINDS) {
    socket.on(kind, (event: { message_id: string }) => {
      receipts.push({ kind, messageId: event.message_id, at: performance.now() });
    });
  }
  const close = () => socket.disconnect();
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', (error) => reject(new Error(`the desktop was refused: ${error.message}`)));
    });
    const joined: unknown = await socket
      .timeout(JOIN_LIMIT_MS)
      .emitWithAck('join-conversation', conversation);
    if (joined !== true) throw new Error('the relay refused join-conversation');
  } catch (error) {
    close();
    throw error;
  }
  return { receipts, close };
}
