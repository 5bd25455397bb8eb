// Which commands what this code does makes Redis run, by their names in INFO commandstats. Each function names the module
// whose commands it counts. Those that a script runs count, too. `check.ts` holds the numbers to a real run.
import { type CallShape, eventsOf, interimsOf, retainedOf } from './call.ts';

/** How often each command runs. */
export type Commands = Readonly<Record<string, number>>;

/** `shared/stream/append.lua` over a whole call, which comes without a duplicate and in order. */
export function appendsOfCall(call: CallShape): Commands {
  const [events, retained, interims] = [eventsOf(call), retainedOf(call), interimsOf(call)];
  const closing = call.messages;
  return {
    evalsha: events,
    spublish: events,
    hmget: events,
    hkeys: events,
    scard: events + interims,
    // Retained events look for their id. Interim transcripts look into two sets of ids, and whether their utterance is over.
    sismember: retained + 3 * interims,
    hget: interims,
    exists: 1,
    time: interims,
    // Each sets the position. The end also sets `finished`, an interim transcript also itself.
    hset: retained + 1 + 2 * interims,
    xadd: retained,
    sadd: events + closing,
    expire: 3 * events + closing,
    hdel: call.interimsEach > 0 ? closing : 0,
    rename: Math.max(0, Math.floor((interims - 1) / INTERIM_IDS_MAX)),
  };
}

/** As append.lua says. */
const INTERIM_IDS_MAX = 512;

/** `shared/conversation-index/note-conversation.lua` for the start and the end of a call. All calls share its two keys. */
export const NOTES_OF_CALL: Commands = {
  evalsha: 2,
  time: 2,
  zrangebyscore: 4,
  zscore: 3,
  zadd: 2,
  pexpire: 4,
};

/** `relay/access/revocations.ts`: at the connection and at the join. All relays ask for the same key. */
export const REVOCATION_CHECKS: Commands = { hmget: 2 };

/** `relay/access/token-sessions.ts`: notes the join under the token. */
export const JOIN_NOTE: Commands = { multi: 1, exec: 1, zadd: 1, zremrangebyrank: 1, expire: 1 };

/** `relay/session/resume/only-page.ts`: counts a page that has no `pid`. */
export const PAGE_COUNT: Commands = { multi: 2, exec: 2, hincrby: 1, hset: 1, expire: 2 };

/** What a join does to the keys of its conversation, for a browser with Socket.IO. */
export function joinOfConversation(join: {
  /** Whether the page was connected before, and shows its `pid`. */
  isBack: boolean;
  /** Whether it is the first on its relay to join the conversation. */
  isFirst: boolean;
  /** Entries that the page has not got yet, at most a page's 200; none where the log does not exist. */
  entries: number | undefined;
}): Commands {
  const { isBack, isFirst, entries } = join;
  return {
    ...(isFirst ? { ssubscribe: 1, set: 1 } : {}), // delivery/hub.ts, delivery/presence
    ...(isBack
      ? { spublish: 1, hget: 1 } // resume.ts tells other relays, connection-places.ts asks for the stay
      : { multi: 1, exec: 1, hset: 1, expire: 1 }), // kept-places.ts keeps the place
    evalsha_ro: 1,
    hmget: 1, // read.lua
    ...(entries === undefined ? {} : { xrange: Math.floor(entries / READ_STEP) + 1, time: 1, hvals: 1 }),
  };
}

/** As read.lua says. */
const READ_STEP = 8;

/** What one relay does all the time to each primary (`relay/redis-health`), a second. */
export const TRIALS_PER_SECOND: Commands = { set: 0.5, exists: 0.5 };
/** What one relay does all the time to the key of revocations (`relay/admin/enforcement.ts`), a second. */
export const REVOCATION_POLLS_PER_SECOND: Commands = { hget: 2 };
/** `relay/conversations/desktop-counts.ts`: one write of changed counts. */
export const COUNTS_WRITE: Commands = { hset: 1, zadd: 1, expire: 2 };

export function plus(...all: readonly Commands[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const commands of all)
    for (const [name, calls] of Object.entries(commands)) sum[name] = (sum[name] ?? 0) + calls;
  return sum;
}

export function times(commands: Commands, factor: number): Record<string, number> {
  return Object.fromEntries(Object.entries(commands).map(([name, calls]) => [name, calls * factor]));
}

export const totalOf = (commands: Commands): number =>
  Object.values(commands).reduce((sum, calls) => sum + calls, 0);
