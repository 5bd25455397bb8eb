import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { DeliveredEvent } from '../../../shared/wire.ts';
import { type CatchUp, catchUpWith, SETTLE_MS, startCatchUp } from '../connection/catch-up.ts';
import { callEvent } from '../events/call-event.ts';
import { textAt } from '../events/json.ts';
import { cardsOf } from '../suggestions/card.ts';
import type { Card } from '../suggestions/card-types.ts';
import { reduceTranscript } from '../transcript/reduce-transcript.ts';
import { EMPTY_TRANSCRIPT, type SpokenLine, type TranscriptState } from '../transcript/transcript-state.ts';

/** Why a call is not joined. */
export type JoinFailure = 'not-allowed' | 'bad-conversation' | 'too-many-joins' | 'other';

/** Final messages that a screen reader is given at once. */
const ANNOUNCED_MAX = 5;

/** One conversation: what is known of it, as signals. */
export class Call {
  /** The name that it was opened by. */
  readonly asked: string;
  /** The phone number that it was found by, else the conversation's id. */
  readonly label: string;
  /** The phone number whose calls this one belongs to. */
  readonly phone: string | undefined;
  readonly #transcript = signal<TranscriptState>(EMPTY_TRANSCRIPT);
  readonly #resource: Signal<string>;
  readonly #cards = signal<readonly Card[]>([]);
  readonly #announced = signal<readonly SpokenLine[]>([]);
  readonly #catchUp = signal<CatchUp | undefined>(undefined);
  /** What the agent is about to answer. */
  readonly draft = signal('');
  /** Name of the message to scroll to. */
  readonly jump = signal<string | undefined>(undefined);
  /** Messages that came while another call was shown. */
  readonly unread = signal(0);
  readonly failure = signal<JoinFailure | undefined>(undefined);
  /** Milliseconds from Pub/Sub to the page, of the last event that did not wait for the page. */
  readonly latencyMs = signal<number | undefined>(undefined);
  readonly isFinished: ReadonlySignal<boolean>;
  /** Events that were caught up so far, while that goes on. */
  readonly catchingUp: ReadonlySignal<number>;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #wasJoined = false;

  constructor(asked: string, phone?: string) {
    this.asked = asked;
    this.phone = phone;
    this.label = phone ?? asked.slice(asked.lastIndexOf('/') + 1);
    this.#resource = signal(asked.includes('/locations/') ? asked : '');
    this.isFinished = computed(() => this.#transcript.value.lifecycle === 'finished');
    this.catchingUp = computed(() => this.#catchUp.value?.count ?? 0);
  }

  get transcript(): ReadonlySignal<TranscriptState> {
    return this.#transcript;
  }

  /** The name with its location, which Dialogflow's methods need; `''` until an event has told it. */
  get resource(): ReadonlySignal<string> {
    return this.#resource;
  }

  /** The suggestions, in the order of arrival. */
  get cards(): ReadonlySignal<readonly Card[]> {
    return this.#cards;
  }

  /** The last final messages that were said since the page is up to date. */
  get announced(): ReadonlySignal<readonly SpokenLine[]> {
    return this.#announced;
  }

  /** The relay has let the page in; what it missed follows. `now` is by the clock of Pub/Sub. */
  joined(now: number): void {
    this.#catchUp.value = startCatchUp(now, !this.#wasJoined);
    this.#wasJoined = true;
    this.failure.value = undefined;
    this.#settleSoon();
  }

  /** The connection is lost. */
  disconnected(): void {
    clearTimeout(this.#settling);
    this.#catchUp.value = undefined;
  }

  reset(): void {
    this.#transcript.value = reduceTranscript(this.#transcript.value, { is: 'reset' });
    this.#cards.value = [];
    this.#announced.value = [];
  }

  /** Takes an event. `now` is by the clock of Pub/Sub. */
  receive(delivered: DeliveredEvent, now: number): void {
    batch(() => this.#receive(delivered, now));
  }

  #receive(delivered: DeliveredEvent, now: number): void {
    const publishedAt = Date.parse(delivered.publish_time) || 0;
    const isReplayed = this.#isReplayed(publishedAt);
    const event = callEvent(delivered, isReplayed);
    if (event === undefined) return;
    if (!isReplayed && publishedAt > 0) this.latencyMs.value = Math.max(0, now - publishedAt);
    if (this.#resource.value === '') this.#resource.value = textAt(event.payload, 'conversation');
    const before = this.#transcript.value;
    this.#transcript.value = reduceTranscript(before, { is: 'event', event });
    if (this.#transcript.value === before) return;
    if (event.kind === 'human-agent-assistant-event')
      this.#cards.value = [...this.#cards.value, ...cardsOf(event)];
    if (event.kind === 'new-message-event' && !isReplayed) this.#announce(before);
  }

  #isReplayed(publishedAt: number): boolean {
    const before = this.#catchUp.value;
    if (before === undefined) return false;
    const catchUp = catchUpWith(before, publishedAt);
    if (catchUp.isOver) {
      this.#settle();
      return false;
    }
    this.#catchUp.value = catchUp;
    this.#settleSoon();
    return true;
  }

  #settleSoon(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#settle(), SETTLE_MS);
  }

  #settle(): void {
    clearTimeout(this.#settling);
    const catchUp = this.#catchUp.value;
    if (catchUp === undefined) return;
    batch(() => {
      this.#catchUp.value = undefined;
      this.#transcript.value = reduceTranscript(this.#transcript.value, { is: 'caught-up', ...catchUp });
    });
  }

  #announce(before: TranscriptState): void {
    const known = new Set(before.lines);
    const added = this.#transcript.value.lines.filter(
      (line): line is SpokenLine => line.is === 'spoken' && line.isFinal && !known.has(line),
    );
    this.#announced.value = [...this.#announced.value, ...added].slice(-ANNOUNCED_MAX);
  }
}
