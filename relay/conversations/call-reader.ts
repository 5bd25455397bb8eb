import { readFileSync } from 'node:fs';
import { LRUCache } from 'lru-cache';
import type { ShortName } from '../../shared/conversation-name.ts';
import { type EventKind, LIFECYCLE_KIND } from '../../shared/event.ts';
import { conversationKeys } from '../../shared/keys.ts';
import type { Redis } from '../../shared/redis.ts';
import { type RedisScript, readingScript } from '../../shared/redis-script.ts';
import { sortableTime } from '../../shared/stream/sortable-time.ts';
import { afterEvents, type CallState, NOTHING_SAID } from './call-state.ts';
import type { ConversationLimits } from './limits.ts';

/** What is known of a call. Times have the form of `sortableTime`, and are '' for what has not happened. */
export interface Call extends CallState {
  /** When the newest event or interim transcript was published; '' where the log keeps no events. */
  lastEventAt: string;
  isFinished: boolean;
  humanNeededAt: string;
  failedAt: string;
}

export interface CallReaderDeps {
  /** For commands that only read. */
  reads: Redis;
  limits: Pick<ConversationLimits, 'callEventsMax' | 'callBytesMax' | 'callFreshMs' | 'callsRememberedMax'>;
  /** Milliseconds since 1970. */
  now?: (() => number) | undefined;
}

/** Kinds of events that tell something of a call: who speaks, and the location in the conversation's name. */
const KINDS = ['new-message-event', LIFECYCLE_KIND] as const satisfies readonly EventKind[];

type RawCall = [
  epoch: string,
  offset: string,
  finished: string,
  needed: string,
  failed: string,
  said: string,
  last: string,
  events: string[],
];

/** A call up to a position of its log. */
interface ReadCall {
  epoch: string;
  offset: string;
  /** When the newest event of the log was published. */
  eventAt: string;
  call: Call;
}

interface Remembered {
  read: ReadCall | undefined;
  /** The read that is under way, or the last one. */
  reading: Promise<ReadCall | undefined>;
  /** Since when, in milliseconds since 1970. */
  since: number;
}

/**
 * Reads what a list of calls needs from the calls' logs. It remembers what it has read, so the next read of a call takes
 * only the events since then. Of a call that it does not know it reads the newest events.
 */
export class CallReader {
  readonly #deps: CallReaderDeps;
  readonly #now: () => number;
  readonly #script: RedisScript<RawCall>;
  readonly #calls: LRUCache<ShortName, Remembered>;

  constructor(deps: CallReaderDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
    // The build copies the script beside the bundle.
    const lua = readFileSync(new URL('./read-call.lua', import.meta.url), 'utf8');
    this.#script = readingScript(deps.reads, lua, (reply: RawCall) => reply);
    this.#calls = new LRUCache({ max: deps.limits.callsRememberedMax });
  }

  /** Resolves with undefined for a conversation without a log. Rejects like Redis. */
  async read(conversation: ShortName): Promise<Call | undefined> {
    const known = this.#calls.get(conversation);
    const isFresh = known !== undefined && this.#now() - known.since < this.#deps.limits.callFreshMs;
    const reading = isFresh ? known.reading : this.#readSince(conversation, known?.read);
    return (await reading)?.call;
  }

  #readSince(conversation: ShortName, before: ReadCall | undefined): Promise<ReadCall | undefined> {
    const remembered: Remembered = {
      read: before,
      reading: this.#read(conversation, before),
      since: this.#now(),
    };
    this.#calls.set(conversation, remembered);
    void remembered.reading.then(
      (read) => {
        remembered.read = read;
      },
      // The caller hears of it. The next one reads again.
      () => {
        remembered.since = Number.NEGATIVE_INFINITY;
      },
    );
    return remembered.reading;
  }

  async #read(conversation: ShortName, before: ReadCall | undefined): Promise<ReadCall | undefined> {
    const keys = conversationKeys(conversation);
    const { callEventsMax, callBytesMax } = this.#deps.limits;
    const [epoch, offset, finished, humanNeededAt, failedAt, said, last, events] = await this.#script(
      [keys.meta, keys.log, keys.interim],
      [before?.epoch ?? '', before?.offset ?? 0, callEventsMax, callBytesMax, ...KINDS],
    );
    if (epoch === '') return undefined;
    // Another life of the log begins with nothing.
    const known = before?.epoch === epoch ? before : undefined;
    const eventAt = sortableTime(last) || (known?.eventAt ?? '');
    const call = {
      ...afterEvents(known?.call ?? NOTHING_SAID, events.toReversed()),
      lastEventAt: said > eventAt ? said : eventAt,
      isFinished: finished === '1',
      humanNeededAt,
      failedAt,
    };
    return { epoch, offset, eventAt, call };
  }
}
