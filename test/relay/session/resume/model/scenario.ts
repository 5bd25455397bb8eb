import * as fc from 'fast-check';
import type { SocketIoOffsets } from '../../../../../relay/session/resume/arrival.ts';
import type { Kind } from './client-kinds.ts';

/** One thing that happens to a page, its network, a relay or Redis. Pages, relays and conversations are numbered. */
export type Step =
  | { do: 'publish'; conversation: number; count: number }
  | { do: 'say'; conversation: number }
  | { do: 'wait'; ms: number }
  | { do: 'cut'; tab: number; relay: number; back: number; keepsSent: boolean; isHeard: boolean }
  | { do: 'stall'; tab: number }
  | { do: 'reload'; tab: number; relay: number; back: number; code: number; isHeard: boolean }
  | { do: 'reconnect'; tab: number; relay: number; back: number }
  | { do: 'renew' | 'throw'; tab: number }
  | { do: 'login'; tab: number; subject: number; relay: number; back: number }
  | { do: 'join' | 'leave' | 'rejoin'; tab: number; conversation: number }
  | { do: 'lose answers'; tab: number; count: number }
  | { do: 'latency'; tab: number; ms: number }
  | { do: 'redis latency'; relay: number; ms: number }
  | { do: 'channel latency'; relay: number; ms: number }
  | { do: 'redis state'; relay: number; state: 'well' | 'deaf' | 'mute' }
  | { do: 'refuse writes'; refuses: boolean }
  | { do: 'listen'; relay: number; isListening: boolean };

export interface Tab {
  kind: Kind;
  acknowledged: 'all' | 'none' | 'leaves' | 'some';
  isPolling: boolean;
  swallowsPings: boolean;
  hasFreshTokens: boolean;
  /** Which token it starts with; the number of its holder, too. */
  token: number;
  latency: number;
  /** What it joins first: two conversations, or one. */
  joins: number;
}

export interface Scenario {
  tabs: Tab[];
  relays: number;
  socketIoOffsets: SocketIoOffsets;
  notesJoins: boolean;
  redisLatency: number;
  steps: Step[];
}

/** Conversations of every scenario. */
export const CONVERSATIONS = 3;

const TABS_MAX = 3;

const tab = fc.nat(TABS_MAX - 1);
const relay = fc.constantFrom(0, 0, 1);
const conversation = fc.constantFrom(0, 0, 0, 1, 2);
const back = fc.constantFrom(0, 0, 10, 300, 1_000, 5_000);
const latency = fc.constantFrom(0, 1, 20, 150, 700);
const rarely = fc.constantFrom(false, false, false, false, true);
const often = fc.constantFrom(true, true, true, false);

type Named<Name, S = Step> = S extends { do: infer Do } ? (Name extends Do ? S : never) : never;
type Others<Name> = {
  [Key in keyof Omit<Named<Name>, 'do'>]: fc.Arbitrary<Named<Name>[Key & keyof Named<Name>]>;
};

function step<Name extends Step['do']>(weight: number, name: Name, others: Others<Name>) {
  const arbitrary = fc.record({ do: fc.constant(name), ...others }, { noNullPrototype: true });
  return { weight, arbitrary: arbitrary as unknown as fc.Arbitrary<Step> };
}

const steps = fc.oneof(
  step(24, 'publish', { conversation, count: fc.constantFrom(1, 1, 2, 8) }),
  step(10, 'say', { conversation }),
  step(30, 'wait', { ms: fc.constantFrom(0, 1, 5, 20, 60, 150, 400, 1_000, 2_500, 8_000, 30_000) }),
  step(14, 'cut', { tab, relay, back, keepsSent: fc.boolean(), isHeard: often }),
  step(2, 'stall', { tab }),
  step(6, 'reload', { tab, relay, back, code: fc.constantFrom(1001, 1005, 1006), isHeard: often }),
  step(4, 'reconnect', { tab, relay, back }),
  step(3, 'renew', { tab }),
  step(3, 'login', { tab, subject: fc.nat(2), relay, back }),
  step(4, 'join', { tab, conversation }),
  step(6, 'leave', { tab, conversation }),
  step(5, 'rejoin', { tab, conversation }),
  step(8, 'lose answers', { tab, count: fc.constantFrom(1, 1, 2) }),
  step(4, 'latency', { tab, ms: latency }),
  step(4, 'redis latency', { relay, ms: fc.constantFrom(0, 1, 20, 150, 700) }),
  step(3, 'channel latency', { relay, ms: fc.constantFrom(0, 1, 20, 300) }),
  step(2, 'redis state', { relay, state: fc.constantFrom('well', 'well', 'deaf', 'mute') }),
  step(6, 'refuse writes', { refuses: fc.boolean() }),
  step(2, 'listen', { relay, isListening: fc.boolean() }),
  step(2, 'throw', { tab }),
);

const kind = fc.constantFrom<Kind[]>(
  'browser',
  'browser',
  'node',
  'node',
  'old browser',
  'old node',
  'python',
);
const tabs = fc.array(
  fc.record(
    {
      kind,
      acknowledged: fc.constantFrom('all', 'all', 'all', 'none', 'leaves', 'some'),
      isPolling: rarely,
      swallowsPings: rarely,
      hasFreshTokens: rarely,
      token: fc.constantFrom(0, 0, 1),
      latency: fc.constantFrom(0, 1, 20, 150),
      joins: fc.constantFrom(1, 1, 2),
    },
    { noNullPrototype: true },
  ),
  { minLength: 1, maxLength: TABS_MAX },
);

export const scenarios: fc.Arbitrary<Scenario> = fc.record(
  {
    tabs,
    relays: fc.constantFrom(1, 2),
    socketIoOffsets: fc.constantFrom('browsers', 'browsers', 'browsers', 'browsers', 'all', 'off'),
    notesJoins: fc.boolean(),
    redisLatency: fc.constantFrom(0, 1, 20, 150),
    steps: fc.array(steps, { maxLength: 60, size: 'max' }),
  },
  { noNullPrototype: true },
) as fc.Arbitrary<Scenario>;
