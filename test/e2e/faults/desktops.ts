// The desktops of the fault suite: each is connected for as long as the test runs, comes back by itself, and writes
// down what it was given.
import { createClient } from '../../../relay/client/index.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { Ledger } from './ledger.ts';
import { openSocketIoPage, type SocketIoPageOptions } from './socket-io-page.ts';

export interface FaultDesktop {
  /** Of all its pages. */
  readonly ledgers: readonly Ledger[];
  /** Whether it is connected and has joined everything. */
  isSettled(): boolean;
  /** Replaces its pages by new ones, of which each has ledgers of its own. The native client has no pages. */
  reload?(): void;
  close(): void;
}

interface SocketIoKind extends SocketIoPageOptions {
  /** Pages that are open at the same time. */
  tabs?: number;
  /** Whether each connection has a token of its own; else all have the same. */
  hasFreshTokens?: boolean;
}

const BROWSER = {
  client: '4.8',
  userAgent:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0',
} as const satisfies SocketIoKind;

const SOCKET_IO_KINDS = {
  'browser, client 4.8': BROWSER,
  'browser, fresh tokens': { ...BROWSER, hasFreshTokens: true },
  'browser, two tabs': { ...BROWSER, tabs: 2 },
  'browser, reloads': BROWSER,
  'browser, client 3.0.4': { ...BROWSER, client: '3.0.4' },
  'Node, client 4.8': { client: '4.8' },
  'cursor join': { client: '4.8', withCursor: true },
} as const satisfies Record<string, SocketIoKind>;

export type DesktopKind = keyof typeof SOCKET_IO_KINDS | 'native client';

/** What differs in its client, which is what faults of Redis can tell apart. */
export const CLIENT_KINDS = [
  'browser, client 4.8',
  'browser, client 3.0.4',
  'Node, client 4.8',
  'cursor join',
  'native client',
] as const satisfies DesktopKind[];

/** Also what differs in its pages and tokens. */
export const ALL_KINDS = [...(Object.keys(SOCKET_IO_KINDS) as DesktopKind[]), 'native client'] as const;

/** Whether the wire tells a desktop of this kind that its history broke. */
export const knowsCursors = (kind: DesktopKind) => kind === 'cursor join' || kind === 'native client';

/** Whether a desktop of this kind is never sent an event twice while the log is whole. */
export const knowsItsPlace = (kind: DesktopKind) =>
  kind !== 'Node, client 4.8' && kind !== 'browser, client 3.0.4';

export function openDesktop(
  kind: DesktopKind,
  port: number,
  issueToken: () => string,
  conversations: readonly ShortName[],
): FaultDesktop {
  return kind === 'native client'
    ? openNative(port, issueToken(), conversations)
    : openPages(SOCKET_IO_KINDS[kind], port, issueToken, conversations);
}

const ledgersOf = (conversations: readonly ShortName[]) =>
  conversations.map((conversation) => new Ledger(conversation));

function openPages(
  { tabs = 1, hasFreshTokens = false, ...options }: SocketIoKind,
  port: number,
  issueToken: () => string,
  conversations: readonly ShortName[],
): FaultDesktop {
  const token = issueToken();
  const getToken = hasFreshTokens ? issueToken : () => token;
  const ledgers: Ledger[] = [];
  const open = () =>
    Array.from({ length: tabs }, () => {
      const own = ledgersOf(conversations);
      ledgers.push(...own);
      return openSocketIoPage(options, port, getToken, own);
    });
  let pages = open();
  return {
    ledgers,
    isSettled: () => pages.every((page) => page.isSettled()),
    reload() {
      for (const page of pages) page.unload();
      pages = open();
    },
    close() {
      for (const page of pages) page.close();
    },
  };
}

function openNative(port: number, token: string, conversations: readonly ShortName[]): FaultDesktop {
  const ledgers = ledgersOf(conversations);
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
  client.on('event', (event) => byName.get(event.conversation_name)?.add(event));
  client.connect();
  for (const { conversation } of ledgers) client.join(conversation).catch(() => {});
  return {
    ledgers,
    isSettled: () => client.state === 'ready' && joined.size === ledgers.length,
    close: () => client.close(),
  };
}
