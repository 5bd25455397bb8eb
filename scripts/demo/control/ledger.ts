import type { EventKind } from '../../../shared/event.ts';
import type { PublishedEvent } from './api.ts';

/** Conversations whose events are kept: more than the calls that a page has open. */
const CONVERSATIONS_MAX = 12;
/** Acknowledgements that are kept for a publication that is not noted yet. */
const EARLY_MAX = 1_000;

export type NewEvent = Pick<PublishedEvent, 'conversation' | 'kind' | 'messageId' | 'utterance' | 'at'>;

interface Entry {
  event: PublishedEvent;
  sequence: number;
}

/** What the demo has published in the latest calls, and what of it a function has acknowledged. */
export class Ledger {
  /** Whether a fault is under way, or was until a moment ago. */
  readonly #isInFault: () => boolean;
  readonly #now: () => number;
  readonly #conversations = new Map<string, Entry[]>();
  /** By the id of each publication: the event that it is a publication of. */
  readonly #sent = new Map<string, Entry>();
  /** With the emulator an event may be acknowledged before publishing it is. */
  readonly #early = new Set<string>();
  #sequence = 0;

  constructor(isInFault: () => boolean, now: () => number) {
    this.#isInFault = isInFault;
    this.#now = now;
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** Notes an event. Call what it returns with the id of each publication of the event. */
  add(event: NewEvent): (messageId: string) => void {
    const entry = {
      event: { ...event, takenAt: null, isInFault: this.#isInFault() },
      sequence: ++this.#sequence,
    };
    const entries = this.#conversations.get(event.conversation) ?? [];
    entries.push(entry);
    this.#conversations.set(event.conversation, entries);
    if (this.#conversations.size > CONVERSATIONS_MAX) this.#forgetOldest();
    return (messageId) => {
      const id = `${event.kind} ${messageId}`;
      if (this.#early.delete(id)) this.#note(entry);
      else this.#sent.set(id, entry);
    };
  }

  /** A function has acknowledged a publication. */
  taken(kind: EventKind, messageId: string): void {
    const id = `${kind} ${messageId}`;
    const entry = this.#sent.get(id);
    if (entry !== undefined) {
      this.#sent.delete(id);
      this.#note(entry);
    } else {
      if (this.#early.size >= EARLY_MAX) this.#early.clear();
      this.#early.add(id);
    }
  }

  /** The events of these conversations that were added or changed after that sequence. */
  since(after: number, conversations: readonly string[]): PublishedEvent[] {
    return conversations
      .flatMap((name) => this.#conversations.get(name) ?? [])
      .filter(({ sequence }) => sequence > after)
      .map(({ event }) => event);
  }

  #note(entry: Entry): void {
    const { event } = entry;
    if (event.takenAt !== null) return;
    entry.event = { ...event, takenAt: this.#now(), isInFault: event.isInFault || this.#isInFault() };
    entry.sequence = ++this.#sequence;
  }

  #forgetOldest(): void {
    const [oldest = ''] = this.#conversations.keys();
    const gone = new Set(this.#conversations.get(oldest));
    this.#conversations.delete(oldest);
    for (const [id, entry] of this.#sent) if (gone.has(entry)) this.#sent.delete(id);
  }
}
