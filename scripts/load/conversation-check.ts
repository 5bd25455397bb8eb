import { type EventKind, INTERIM_KIND } from '../../shared/event.ts';
import { fromCursor } from '../../shared/stream/position.ts';
import type { DeliveredEvent } from '../../shared/wire.ts';
import type { Publication } from '../calls/delivery-report.ts';

/** What a desktop had of its connection when an event came. */
export interface ConnectionView {
  /** Since when it has received events as they came, without a break; by `performance.now()`. */
  liveSince: number;
  /** Joins so far. */
  joins: number;
}

/** Told what becomes of each event. */
export interface CheckListener {
  published(kind: EventKind): void;
  /** @param isLive whether the desktop was there from the publication to the arrival. */
  delivered(kind: EventKind, latencyMs: number, isLive: boolean): void;
  repeated(kind: EventKind): void;
  outOfOrder(kind: EventKind): void;
  lost(kind: EventKind): void;
  superseded(kind: EventKind): void;
  /** It was never published, or not in this conversation. */
  unexpected(kind: EventKind): void;
  /** It had not arrived when the run was interrupted. */
  unsettled(kind: EventKind): void;
}

type Arrived = Pick<
  DeliveredEvent,
  | 'conversation_name'
  | 'data_type'
  | 'message_id'
  | 'cursor'
  | 'publish_time'
  | 'new_recognition_result_message_id'
>;

interface Entry {
  kind: EventKind;
  publication?: Publication;
  arrival?: { at: number; liveSince: number };
  /** The joins at its latest arrival. */
  joins: number;
}

/** Compares what was published in one conversation with what its desktop receives, event by event. */
export class ConversationCheck {
  readonly #conversation: string;
  readonly #listener: CheckListener;
  readonly #entries = new Map<string, Entry>();
  /** The position of the newest event of the log that has arrived. */
  #top = { epoch: '', offset: 0 };
  /** Of each utterance, the publish time of its newest interim transcript, in milliseconds since 1970. */
  readonly #newestInterim = new Map<string, number>();
  /** Of each utterance, when the newest of what was published of it, and of what has arrived of it, was published. */
  readonly #utterances = new Map<string, { published: number; arrived: number }>();
  /** Events that must still arrive. Interim transcripts may be superseded and do not count. */
  #awaited = 0;

  /** @param conversation Its short name. */
  constructor(conversation: string, listener: CheckListener) {
    this.#conversation = conversation;
    this.#listener = listener;
  }

  /** Whether everything has arrived that must, or cannot any more. */
  isComplete(wasAway: (at: number) => boolean): boolean {
    if (this.#awaited > 0) return false;
    for (const { published, arrived } of this.#utterances.values())
      if (published > arrived && !wasAway(published)) return false;
    return true;
  }

  published(publication: Publication): void {
    const { kind, messageId } = publication;
    const entry = this.#entryOf(kind, messageId);
    entry.publication = publication;
    this.#listener.published(kind);
    this.#note(publication, 'published');
    // With Pub/Sub an event may arrive before publishing it has been confirmed.
    if (entry.arrival !== undefined) this.#deliver(entry);
    else if (kind !== INTERIM_KIND) this.#awaited += 1;
  }

  arrived(event: Arrived, { liveSince, joins }: ConnectionView, at = performance.now()): void {
    const { data_type: kind, message_id: messageId } = event;
    if (event.conversation_name !== this.#conversation) {
      this.#listener.unexpected(kind);
      return;
    }
    const entry = this.#entryOf(kind, messageId);
    if (entry.arrival !== undefined) {
      // A join brings the open interim transcripts again.
      const isAllowed = kind === INTERIM_KIND && entry.joins !== joins;
      entry.joins = joins;
      if (!isAllowed) this.#listener.repeated(kind);
      return;
    }
    entry.arrival = { at, liveSince };
    entry.joins = joins;
    if (!this.#isInOrder(event)) this.#listener.outOfOrder(kind);
    if (entry.publication === undefined) return;
    if (kind !== INTERIM_KIND) this.#awaited -= 1;
    this.#deliver(entry);
  }

  /**
   * Says what became of the rest.
   *
   * @param wasAway whether the desktop had no connection when something was published.
   * @param isInterrupted whether events may still be on their way.
   */
  settle(wasAway: (at: number) => boolean, isInterrupted = false): void {
    const entries = [...this.#entries.values()];
    const arrivedOf = (utterance: string | undefined) => this.#utterances.get(utterance ?? '')?.arrived ?? 0;
    for (const { kind, publication, arrival } of entries) {
      if (publication === undefined) this.#listener.unexpected(kind);
      if (publication === undefined || arrival !== undefined) continue;
      const { at, utterance } = publication;
      if (kind === INTERIM_KIND && (arrivedOf(utterance) > at || wasAway(at)))
        this.#listener.superseded(kind);
      else if (isInterrupted) this.#listener.unsettled(kind);
      else this.#listener.lost(kind);
    }
    this.#entries.clear();
    this.#utterances.clear();
    this.#awaited = 0;
  }

  #entryOf(kind: EventKind, messageId: string): Entry {
    const key = `${kind} ${messageId}`;
    const entry = this.#entries.get(key) ?? { kind, joins: 0 };
    this.#entries.set(key, entry);
    return entry;
  }

  #deliver({ kind, publication, arrival }: Entry): void {
    if (publication === undefined || arrival === undefined) return;
    this.#note(publication, 'arrived');
    const isLive = publication.at >= arrival.liveSince;
    this.#listener.delivered(kind, Math.max(0, arrival.at - publication.at), isLive);
  }

  #note({ utterance, at }: Publication, what: 'published' | 'arrived'): void {
    if (utterance === undefined) return;
    const newest = this.#utterances.get(utterance) ?? { published: 0, arrived: 0 };
    newest[what] = Math.max(newest[what], at);
    this.#utterances.set(utterance, newest);
  }

  /** By the position in the relay's log, and for interim transcripts, which are not in the log, by their time. */
  #isInOrder(event: Arrived): boolean {
    if (event.data_type === INTERIM_KIND) {
      const { new_recognition_result_message_id: utterance = '', publish_time } = event;
      const time = Date.parse(publish_time);
      const newest = this.#newestInterim.get(utterance) ?? 0;
      this.#newestInterim.set(utterance, Math.max(newest, time));
      return utterance === '' || time >= newest;
    }
    const position = fromCursor(event.cursor);
    if (position === undefined) return false;
    const { epoch, offset } = position;
    const isBehind = epoch === this.#top.epoch && offset <= this.#top.offset;
    if (!isBehind) this.#top = { epoch, offset };
    return !isBehind;
  }
}
