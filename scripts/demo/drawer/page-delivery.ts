import { INTERIM_KIND } from '../../../shared/event.ts';
import type { DeliveredEvent } from '../../../shared/wire.ts';
import { findOvertaken } from '../../calls/delivery-report.ts';
import type { PublishedEvent } from '../control/api.ts';

/** How an event may be missing, in milliseconds after a function has taken it, before it counts as lost. */
export const LOST_AFTER_MS = 5_000;
/** How long no function may take it, in milliseconds. Pub/Sub tries again while Redis is away. */
const TAKEN_WITHIN_MS = 60_000;
/** An interim transcript that was published so shortly before the connection ended may have been on its way. */
const CUT_MARGIN_MS = 2_000;

/** What the demo has published of the calls of a page, and what became of it. */
export interface Delivery {
  published: number;
  /** Events that the page's client was given. */
  received: number;
  /** Events that are to come yet, or that wait for the page's connection. */
  onTheWay: number;
  /** Interim transcripts that need not come: newer ones overtook them, or the page was not connected. */
  superseded: number;
  lost: number;
  /** Further times that the client was given an event. */
  repeated: number;
}

const NONE: Delivery = { published: 0, received: 0, onTheWay: 0, superseded: 0, lost: 0, repeated: 0 };

/** A time in which a conversation was joined; the last one lasts. */
interface Span {
  from: number;
  to: number;
}

class PageCall {
  readonly published = new Map<string, PublishedEvent>();
  readonly received = new Set<string>();
  /** What was received since the view was cleared, and with which join. */
  readonly shown = new Map<string, number>();
  readonly spans: Span[] = [];
  repeated = 0;

  get liveSince(): number | undefined {
    const last = this.spans.at(-1);
    return last?.to === Number.POSITIVE_INFINITY ? last.from : undefined;
  }

  disconnected(now: number): void {
    const last = this.spans.at(-1);
    if (last !== undefined) last.to = Math.min(last.to, now);
  }

  wasLive(at: number): boolean {
    return this.spans.some(({ from, to }) => from <= at && at <= to - CUT_MARGIN_MS);
  }
}

const keyOf = (kind: string, messageId: string) => `${kind} ${messageId}`;

/**
 * Compares what a page's client was given with what the demo has published, for the calls that are open in the page. Times
 * are milliseconds since 1970 by the clock of the demo.
 */
export class PageDelivery {
  readonly #calls = new Map<string, PageCall>();
  /** Of calls that were closed. */
  #closed = NONE;

  /** The client has joined a conversation; what follows comes on this connection. */
  joined(conversation: string, now: number): void {
    const call = this.#call(conversation);
    call.disconnected(now);
    call.spans.push({ from: now, to: Number.POSITIVE_INFINITY });
  }

  disconnected(now: number): void {
    for (const call of this.#calls.values()) call.disconnected(now);
  }

  /** The page clears what it shows of a conversation: what the relay still has comes again. */
  reset(conversation: string): void {
    this.#call(conversation).shown.clear();
  }

  /** The client was given an event. */
  received(event: Pick<DeliveredEvent, 'conversation_name' | 'data_type' | 'message_id'>): void {
    const call = this.#call(event.conversation_name);
    const key = keyOf(event.data_type, event.message_id);
    const join = call.spans.length;
    const shownWith = call.shown.get(key);
    // The open interim transcripts come again with each join.
    const isOpenAgain = event.data_type === INTERIM_KIND && shownWith !== join;
    if (shownWith !== undefined && !isOpenAgain) call.repeated += 1;
    call.shown.set(key, join);
    call.received.add(key);
  }

  /** The demo has published events, or knows more of them. */
  published(events: readonly PublishedEvent[]): void {
    for (const event of events)
      this.#call(event.conversation).published.set(keyOf(event.kind, event.messageId), event);
  }

  /** Only these conversations are open; the others keep what was counted. */
  keepOnly(conversations: readonly string[], now: number): void {
    for (const [name, call] of this.#calls) {
      if (conversations.includes(name)) continue;
      this.#closed = sum(this.#closed, { ...countCall(name, call, now), onTheWay: 0 });
      this.#calls.delete(name);
    }
  }

  count(now: number): Delivery {
    return [...this.#calls].map(([name, call]) => countCall(name, call, now)).reduce(sum, this.#closed);
  }

  #call(conversation: string): PageCall {
    const call = this.#calls.get(conversation) ?? new PageCall();
    this.#calls.set(conversation, call);
    return call;
  }
}

function countCall(conversation: string, call: PageCall, now: number): Delivery {
  const events = [...call.published.values()];
  const publications = events.map((event) => ({
    ...event,
    utterance: event.utterance ?? undefined,
    sentAs: [],
  }));
  const receipts = events
    .filter(({ kind, messageId }) => call.received.has(keyOf(kind, messageId)))
    .map(({ kind, messageId, at }) => ({ conversation, kind, messageId, at }));
  const isOvertaken = findOvertaken(publications, receipts);
  const delivery = { ...NONE, published: events.length, received: receipts.length, repeated: call.repeated };
  for (const publication of publications) {
    if (call.received.has(keyOf(publication.kind, publication.messageId))) continue;
    const isInterim = publication.kind === INTERIM_KIND;
    // Interim transcripts are not kept for a page that is away.
    const isExpected = !isInterim || (call.wasLive(publication.at) && !publication.isInFault);
    const isMissing = isLate(publication, call.liveSince, now);
    if (isOvertaken(publication) || (isMissing && !isExpected)) delivery.superseded += 1;
    else if (isMissing) delivery.lost += 1;
    else delivery.onTheWay += 1;
  }
  return delivery;
}

/** Whether an event has not come though it should have. */
function isLate(
  { at, takenAt }: Pick<PublishedEvent, 'at' | 'takenAt'>,
  liveSince: number | undefined,
  now: number,
): boolean {
  if (liveSince === undefined) return false;
  if (takenAt === null) return now - Math.max(at, liveSince) > TAKEN_WITHIN_MS;
  return now - Math.max(takenAt, liveSince) > LOST_AFTER_MS;
}

function sum(one: Delivery, other: Delivery): Delivery {
  return {
    published: one.published + other.published,
    received: one.received + other.received,
    onTheWay: one.onTheWay + other.onTheWay,
    superseded: one.superseded + other.superseded,
    lost: one.lost + other.lost,
    repeated: one.repeated + other.repeated,
  };
}
