// The desktops of the fault suite: each is connected for as long as the test runs, comes back by itself, and writes
// down what it was given.
import { createClient } from '../../../relay/client/index.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import type { DeliveredEvent } from '../../../shared/wire.ts';
import { CLIENTS, type ClientVersion } from '../../helpers/desktop.ts';
import { Ledger } from './ledger.ts';

export interface FaultDesktop {
  ledgers: Ledger[];
  /** Whether it is connected and has joined everything. */
  isSettled(): boolean;
  close(): void;
}

export const DESKTOP_KINDS = [
  'string join, client 4.8',
  'string join, client 3.0.4',
  'cursor join',
  'native client',
] as const;
export type DesktopKind = (typeof DESKTOP_KINDS)[number];

/** Whether the wire tells a desktop of this kind that its history broke. */
export const knowsCursors = (kind: DesktopKind) => kind === 'cursor join' || kind === 'native client';

export function openDesktop(
  kind: DesktopKind,
  port: number,
  token: string,
  conversations: readonly ShortName[],
): FaultDesktop {
  const ledgers = conversations.map((conversation) => new Ledger(conversation));
  if (kind === 'native client') return openNative(port, token, ledgers);
  const client: ClientVersion = kind === 'string join, client 3.0.4' ? '3.0.4' : '4.8';
  return openSocketIo(client, kind === 'cursor join', port, token, ledgers);
}

const JOIN_AGAIN_MS = 100;

function openSocketIo(
  client: ClientVersion,
  withCursor: boolean,
  port: number,
  token: string,
  ledgers: Ledger[],
): FaultDesktop {
  const cursors = new Map<ShortName, string>();
  const byName = new Map<string, Ledger>(ledgers.map((ledger) => [ledger.conversation, ledger]));
  let joined = new Set<Ledger>();
  const socket = CLIENTS[client](`http://127.0.0.1:${port}`, {
    auth: { token },
    transports: ['websocket'],
    forceNew: true,
    reconnectionDelay: 50,
    reconnectionDelayMax: 500,
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
    byName.get(event.conversation_name)?.ids.push(event.message_id);
    cursors.set(event.conversation_name as ShortName, event.cursor);
  });
  return {
    ledgers,
    isSettled: () => socket.connected && joined.size === ledgers.length,
    close: () => socket.close(),
  };
}

function openNative(port: number, token: string, ledgers: Ledger[]): FaultDesktop {
  const byName = new Map<string, Ledger>(ledgers.map((ledger) => [ledger.conversation, ledger]));
  const client = createClient({ url: `http://127.0.0.1:${port}`, getToken: () => token });
  let joined = new Set<string>();
  client.on('state', ({ state }) => {
    if (state !== 'ready') joined = new Set();
  });
  client.on('joined', ({ conversation }) => joined.add(conversation));
  client.on('reset', ({ conversation }) => {
    const ledger = byName.get(conversation);
    if (ledger) ledger.told++;
  });
  client.on('event', (event) => byName.get(event.conversation_name)?.ids.push(event.message_id));
  client.connect();
  for (const { conversation } of ledgers) client.join(conversation).catch(() => {});
  return {
    ledgers,
    isSettled: () => client.state === 'ready' && joined.size === ledgers.length,
    close: () => client.close(),
  };
}
