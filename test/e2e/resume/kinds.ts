// The desktops that exist, by client and by where it runs, and what each tells the relay.
import { io as io48 } from 'socket.io-client';
import { io as io30 } from 'socket.io-client-3';
import { io as io45 } from 'socket.io-client-4.5';
import { io as io46 } from 'socket.io-client-4.6';
import { io as io47 } from 'socket.io-client-4.7';

type Io = typeof io48;

/** The npm package and the function of each version of socket.io-client. */
export const SOCKET_IO_CLIENTS = {
  '4.8.4': { package: 'socket.io-client', io: io48 },
  '4.7.5': { package: 'socket.io-client-4.7', io: io47 as unknown as Io },
  '4.6.0': { package: 'socket.io-client-4.6', io: io46 as unknown as Io },
  '4.5.4': { package: 'socket.io-client-4.5', io: io45 as unknown as Io },
  '3.0.4': { package: 'socket.io-client-3', io: io30 as Io },
} as const;

export type SocketIoVersion = keyof typeof SOCKET_IO_CLIENTS;

/**
 * How the relay learns what a page has: from the page's offset or cursors; from answered pings; from pings, but only
 * once the client is known to be old; not at all.
 */
export type Receipts = 'exact' | 'pings' | 'pings once old' | 'none';

export interface Kind {
  name: string;
  client: SocketIoVersion | 'native' | 'python';
  runsIn: 'node' | 'chromium' | 'python';
  receipts: Receipts;
  /** Whether the client shows a `pid` when it comes back. */
  hasPid: boolean;
}

const EVERY_VERSION = Object.keys(SOCKET_IO_CLIENTS) as SocketIoVersion[];
const NEWEST_AND_OLDEST: readonly SocketIoVersion[] = ['4.8.4', '3.0.4'];
const hasPid = (version: SocketIoVersion) => version !== '4.5.4' && version !== '3.0.4';

const inChromium = (client: SocketIoVersion): Kind => ({
  name: `${client} in Chromium`,
  client,
  runsIn: 'chromium',
  receipts: hasPid(client) ? 'exact' : 'pings once old',
  hasPid: hasPid(client),
});

const inNode = (client: SocketIoVersion): Kind => ({
  name: `${client} in Node`,
  client,
  runsIn: 'node',
  receipts: 'pings',
  hasPid: hasPid(client),
});

/** For compatibility.test.ts. The other tests run the newest and the oldest version; with TEST_LONG, all. */
export const EVERY_SOCKET_IO: readonly Kind[] = [
  ...EVERY_VERSION.map(inChromium),
  ...EVERY_VERSION.map(inNode),
];

const VERSIONS = process.env.TEST_LONG ? EVERY_VERSION : NEWEST_AND_OLDEST;
export const IN_CHROMIUM: readonly Kind[] = VERSIONS.map(inChromium);
export const IN_NODE: readonly Kind[] = VERSIONS.map(inNode);

export const PYTHON: Kind = {
  name: 'python-socketio',
  client: 'python',
  runsIn: 'python',
  receipts: 'none',
  hasPid: false,
};

export const NATIVE: readonly Kind[] = (['chromium', 'node'] as const).map((runsIn) => ({
  name: `native client in ${runsIn === 'node' ? 'Node' : 'Chromium'}`,
  client: 'native',
  runsIn,
  receipts: 'exact',
  hasPid: false,
}));

export const SOCKET_IO: readonly Kind[] = [...IN_CHROMIUM, ...IN_NODE];

/** How much of what a desktop has seen the relay does not know before an old client in a browser comes back once. */
export const unknownAtFirst = ({ receipts }: Kind, seen: number): number =>
  receipts === 'pings once old' ? seen : 0;
