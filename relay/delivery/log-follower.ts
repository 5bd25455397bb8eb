import type { LogPage } from '../../shared/stream/event-log.ts';
import { type ChannelMessage, UNKNOWN_KIND } from '../../shared/stream/protocol.ts';
import { advance, before, continuity, orderOf, type StreamPosition, startOf } from './position-order.ts';

/** Reads the log after an offset, at most `limit` events. */
export type ReadLog = (after: number, limit: number) => Promise<LogPage>;

/** Where a follower's messages go. The first three methods are called synchronously and must not throw. */
export interface Sink {
  deliver(message: ChannelMessage, from: StreamPosition): void;
  /** A message of an unknown kind follows `from`: there is nothing to deliver. */
  passOver?(from: StreamPosition): void;
  /** The messages up to `from` belong to another history, or later ones are lost. Delivery goes on at `to`. */
  reset(to: StreamPosition, from: StreamPosition): void;
  /** In its turn, reads one page and calls the result of the read, which delivers the page. Settles as they do. */
  inTurn?(read: () => Promise<() => boolean>): Promise<boolean>;
}

/** Events of one read. */
export const PAGE_SIZE = 200;
/** Messages held back while a read is under way. Beyond either limit they are dropped and read from the log. */
const HELD_MAX_MESSAGES = 1_000;
const HELD_MAX_CHARACTERS = 1024 * 1024;

/**
 * Follows one conversation, and hands on every message exactly once and in log order. It has two sources. The channel
 * is fast, but loses messages whenever the connection breaks. The log is slower. It is read whenever the channel shows
 * a gap.
 *
 * It relies on one order: a sender puts a message into the log first. So a message that came before a read was
 * sent is in the result of that read, or is no longer in the log.
 */
export class LogFollower {
  readonly #read: ReadLog;
  readonly #sink: Sink;
  #at: StreamPosition;
  /** While true, messages of the channel wait for a read of the log. */
  #isHolding: boolean;
  #held: ChannelMessage[] = [];
  #heldCharacters = 0;
  #hasForgotten = false;
  #isReading = false;
  #isStopped = false;

  /** Delivers nothing until {@link catchUp} has reached the top of the log. With `isLive`, `at` is the top already. */
  constructor(read: ReadLog, sink: Sink, at: StreamPosition, { isLive = false } = {}) {
    this.#read = read;
    this.#sink = sink;
    this.#at = at;
    this.#isHolding = !isLive;
  }

  get at(): StreamPosition {
    return this.#at;
  }

  /** Whether it needs a {@link catchUp} to go on. */
  get isBehind(): boolean {
    return this.#isHolding;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Starts from another position than it was made for, before its first {@link catchUp}. */
  startAt(at: StreamPosition): void {
    this.#at = at;
  }

  /** The channel may just have lost messages. A read that is under way may be too early to find them. */
  distrustChannel(): void {
    this.#isHolding = true;
    this.#hasForgotten = true;
  }

  /** Delivers nothing more. */
  stop(): void {
    this.#isStopped = true;
    this.#forget();
  }

  /** Takes a message of the channel, in the channel's order. True if it is next and moves the follower's position. */
  receive(message: ChannelMessage): boolean {
    if (this.#isStopped) return false;
    if (this.#isHolding) {
      this.#hold(message);
      return false;
    }
    const order = orderOf(this.#at, message);
    if (order === 'next') this.#deliver(message);
    else if (order !== 'past') this.#isHolding = true;
    return order === 'next';
  }

  /**
   * Reads the log up to its top, then takes the messages that the channel brought meanwhile. The follower is then live.
   *
   * One call at a time. Rejects when a read fails. The follower is then still behind, and needs another call.
   */
  async catchUp(): Promise<void> {
    this.#isHolding = true;
    const read = () => this.#readNextPage();
    let isLive = false;
    while (!isLive && !this.#isStopped)
      isLive = await (this.#sink.inTurn?.(read) ?? read().then((deliver) => deliver()));
  }

  /** Resolves with a function that delivers the page and returns whether the follower is live then. */
  async #readNextPage(): Promise<() => boolean> {
    if (this.#isStopped) return () => false;
    // This read finds all earlier messages that the log still has. So the held ones are not needed, and those that
    // the log has lost must not cause another read.
    this.#forget();
    this.#hasForgotten = false;
    this.#isReading = true;
    const page = await this.#read(this.#at.position.offset, PAGE_SIZE).catch((error: unknown) => {
      this.#isReading = false;
      throw error;
    });
    return () => {
      const isLive = !this.#isStopped && this.#takePage(page) && this.#release();
      this.#isReading = false;
      return isLive;
    };
  }

  /** Delivers a page. True if it reached the top of the log. */
  #takePage(page: LogPage): boolean {
    const { top } = page;
    const kind = continuity(this.#at.position, page);
    if (kind === 'other') {
      this.#reset(startOf(top.epoch));
      if (top.offset > 0) return false;
    }
    if (kind === 'trimmed') {
      const first = page.events[0];
      this.#reset({ position: first ? before(first) : top, interims: 0 });
    }
    for (const event of page.events) this.#deliver(event);
    if (this.#at.position.offset < top.offset) return false;

    this.#at = { position: top, interims: this.#at.interims };
    for (const interim of page.open) {
      if (interim.sequence > this.#at.interims) this.#deliver(interim);
    }
    this.#at = { position: top, interims: page.interims };
    return true;
  }

  /**
   * Takes the held messages. True if none is missing and the follower is live. It is one synchronous turn: during an
   * `await`, a message could overtake the held ones.
   */
  #release(): boolean {
    if (this.#hasForgotten) return false;
    const held = this.#held;
    this.#forget();
    this.#isHolding = false;
    for (const message of held) this.receive(message);
    return !this.#isHolding;
  }

  #deliver(message: ChannelMessage): void {
    if (this.#isStopped) return;
    const from = this.#at;
    this.#at = advance(from, message);
    if (message.kind === UNKNOWN_KIND) this.#sink.passOver?.(from);
    else this.#sink.deliver(message, from);
  }

  #reset(to: StreamPosition): void {
    this.#sink.reset(to, this.#at);
    this.#at = to;
  }

  #hold(message: ChannelMessage): void {
    // Between two reads: the next read finds the message.
    if (!this.#isReading) return;
    this.#held.push(message);
    this.#heldCharacters += message.json.length;
    if (this.#held.length > HELD_MAX_MESSAGES || this.#heldCharacters > HELD_MAX_CHARACTERS) {
      this.#forget();
      this.#hasForgotten = true;
    }
  }

  #forget(): void {
    this.#held = [];
    this.#heldCharacters = 0;
  }
}
