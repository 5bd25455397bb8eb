// What each client gets of the relay. docs/desktops.md shows it, and compatibility.test.ts runs it.
import { EVERY_SOCKET_IO, type Kind, NATIVE, PYTHON, type Receipts } from './kinds.ts';

/** A row of the table in docs/desktops.md. */
export interface Compatibility {
  client: string;
  version: string;
  runsIn: string;
  connects: string;
  /** What its first join of a conversation brings. */
  join: string;
  /** What it gets after a connection that was cut. */
  cut: string;
  /** What tells it that its token is refused. */
  refusal: string;
  streams: string;
}

const CUT: Readonly<Record<Receipts, string>> = {
  exact: 'the missed events',
  pings: 'the missed events, and those that no ping has confirmed',
  'pings once old': 'first cut: the conversation so far; later cuts: as in Node',
  none: 'the conversation so far',
};

const PLACES = { chromium: 'Chromium', node: 'Node', python: 'Python' } as const;
const JOIN = 'the conversation so far';
const NOT_RUN = '–';

function namesOf({ client }: Kind): Pick<Compatibility, 'client' | 'version'> {
  if (client === 'native') return { client: "the relay's client", version: 'this one' };
  if (client === 'python') return { client: 'python-socketio', version: '5.7.2, of Debian' };
  return { client: 'socket.io-client', version: client };
}

/** What is expected of a kind of desktop. */
export const rowOf = (kind: Kind): Compatibility => ({
  ...namesOf(kind),
  runsIn: PLACES[kind.runsIn],
  connects: 'yes',
  join: JOIN,
  cut: CUT[kind.receipts],
  refusal: kind.client === 'native' ? 'close code 4501' : 'authentication failed',
  streams: 'yes',
});

/** Those that compatibility.test.ts runs. */
export const KINDS: readonly Kind[] = [...EVERY_SOCKET_IO, ...NATIVE, PYTHON];

/** Those that other tests run: docs/examples/native.py by examples.test.ts, and version 2 by socket-io-2.test.ts. */
const OTHERS: readonly Compatibility[] = [
  {
    client: 'websocket-client',
    version: '1.2.3, of Debian',
    runsIn: 'Python',
    connects: 'yes',
    join: 'what follows its cursor',
    cut: 'the missed events',
    refusal: NOT_RUN,
    streams: NOT_RUN,
  },
  ...['Chromium', 'Node'].map((runsIn) => ({
    client: 'socket.io-client',
    version: '2.5.0',
    runsIn,
    connects: 'no',
    join: NOT_RUN,
    cut: NOT_RUN,
    refusal: 'HTTP 400 at each attempt',
    streams: NOT_RUN,
  })),
];

/** The rows in the order of the page. */
export const ROWS: readonly Compatibility[] = [...KINDS.map(rowOf), ...OTHERS];
