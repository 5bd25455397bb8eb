// A page with a Socket.IO client that joins conversations, comes back by itself, and writes down what it was given.
import type { ShortName } from '../../../shared/conversation-name.ts';
import type { DeliveredEvent } from '../../../shared/wire.ts';
import { CLIENTS, type ClientVersion } from '../../helpers/desktop.ts';
import type { Ledger } from './ledger.ts';

export interface SocketIoPageOptions {
  client: ClientVersion;
  /** The `User-Agent` header; Node's WebSocket sends none. */
  userAgent?: string;
  /** Whether it joins behind the last event that it has, and not by name alone. */
  withCursor?: boolean;
}

export interface SocketIoPage {
  readonly ledgers: readonly Ledger[];
  /** Whether it is connected and has joined everything. */
  isSettled(): boolean;
  /** Ends the page as a reload does: without a word of Socket.IO. */
  unload(): void;
  close(): void;
}

const JOIN_AGAIN_MS = 100;

/** @param getToken is asked for each connection. */
export function openSocketIoPage(
  { client, userAgent, withCursor = false }: SocketIoPageOptions,
  port: number,
  getToken: () => string,
  ledgers: readonly Ledger[],
): SocketIoPage {
  const cursors = new Map<ShortName, string>();
  const byName = new Map<string, Ledger>(ledgers.map((ledger) => [ledger.conversation, ledger]));
  let joined = new Set<Ledger>();
  const socket = CLIENTS[client](`http://127.0.0.1:${port}`, {
    auth: (send: (auth: object) => void) => send({ token: getToken() }),
    transports: ['websocket'],
    forceNew: true,
    reconnectionDelay: 50,
    reconnectionDelayMax: 500,
    ...(userAgent === undefined ? {} : { extraHeaders: { 'User-Agent': userAgent } }),
  });
  const join = (ledger: Ledger, connection: string) => {
    const { conversation } = ledger;
    const argument = withCursor ? { conversation, after: cursors.get(conversation) ?? '0' } : conversation;
    socket.emit(
      'join-conversation',
      argument,
      (ok: boolean, _name: string, answer?: { recovered: boolean }) => {
        if (socket.id !== connection) return;
        if (!ok) {
          setTimeout(() => socket.id === connection && join(ledger, connection), JOIN_AGAIN_MS);
          return;
        }
        if (answer?.recovered === false) ledger.told++;
        joined.add(ledger);
      },
    );
  };
  socket.on('connect', () => {
    joined = new Set();
    for (const ledger of ledgers) join(ledger, socket.id ?? '');
  });
  socket.on('new-message-event', (event: DeliveredEvent) => {
    byName.get(event.conversation_name)?.add(event);
    cursors.set(event.conversation_name as ShortName, event.cursor);
  });
  return {
    ledgers,
    isSettled: () => socket.connected && joined.size === ledgers.length,
    unload() {
      for (const ledger of ledgers) ledger.isOver = true;
      socket.off();
      if (!socket.connected) return void socket.close();
      socket.io.reconnection(false);
      socket.io.engine.close();
    },
    close: () => socket.close(),
  };
}
