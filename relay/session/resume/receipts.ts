import type { ShortName } from '../../../shared/conversation-name.ts';
import type { Position } from '../../../shared/stream/position.ts';

export interface ReceiptsDeps {
  /** Whether to ask by marks. Else only heartbeats confirm. May change while the connection is open. */
  usesMarks(): boolean;
  /** Sends a WebSocket ping with this payload. */
  ping(mark: string): void;
  /** What was confirmed has moved. */
  onMoved(): void;
}

/** How far the desktop is in one conversation. One object for each: there are thousands of desktops. */
interface Receipt {
  sent: Position;
  confirmed: Position;
  /** What the mark under way will confirm. */
  marked: Position | undefined;
  /** What had been sent when the last heartbeat was answered. */
  sentByHeartbeat: Position | undefined;
}

/** Marks are at least so far apart, in milliseconds, so that a lively call does not cost a ping an event. */
const MARK_PAUSE_MS = 100;

/**
 * What one desktop has certainly received, without any code of its own.
 *
 * A mark is a WebSocket ping behind the events. The answer has the same payload and comes back in order, so everything
 * before the mark has arrived. One mark is under way at a time. The next follows when it is answered and something was
 * sent since. Engine.IO's heartbeats prove the same, slowly. Both prove the browser, not the page: the answer also comes
 * while the page's main thread is busy.
 *
 * Something in between may swallow pings. So heartbeats count until a mark has been answered. Time alone proves nothing:
 * a desktop may be half a minute behind because it reads slowly.
 */
export class Receipts {
  readonly #deps: ReceiptsDeps;
  readonly #receipts = new Map<ShortName, Receipt>();
  #lastMark = 0;
  #isMarkUnderWay = false;
  #hasUnmarked = false;
  #wasEverAnswered = false;
  #pause: NodeJS.Timeout | undefined;

  constructor(deps: ReceiptsDeps) {
    this.#deps = deps;
  }

  /** A desktop that joins at a position has what lies before it. */
  startAt(conversation: ShortName, position: Position): void {
    this.#receipts.set(conversation, {
      sent: position,
      confirmed: position,
      marked: undefined,
      sentByHeartbeat: undefined,
    });
  }

  /** An event with this position was handed to the connection. */
  sent(conversation: ShortName, position: Position): void {
    const receipt = this.#receipts.get(conversation);
    if (receipt === undefined) return;
    receipt.sent = position;
    if (!this.#deps.usesMarks()) return;
    this.#hasUnmarked = true;
    // Not at once: what is sent in the same turn shares the mark.
    if (!this.#isMarkUnderWay) this.#pause ??= setTimeout(() => this.#mark(), 0);
  }

  /** The position up to which the desktop has the conversation, as far as it is known. */
  confirmed(conversation: ShortName): Position | undefined {
    return this.#receipts.get(conversation)?.confirmed;
  }

  forget(conversation: ShortName): void {
    this.#receipts.delete(conversation);
  }

  /** Takes the payload of a pong. One that is not the mark under way proves nothing. */
  pong(mark: string): void {
    if (!this.#isMarkUnderWay || mark !== String(this.#lastMark)) return;
    this.#wasEverAnswered = true;
    this.#isMarkUnderWay = false;
    for (const receipt of this.#receipts.values()) {
      receipt.confirmed = receipt.marked ?? receipt.confirmed;
      receipt.marked = undefined;
    }
    this.#deps.onMoved();
    if (this.#hasUnmarked) this.#pause = setTimeout(() => this.#mark(), MARK_PAUSE_MS);
  }

  /**
   * The desktop has answered a heartbeat. The relay sends each one after the answer to the previous one, and behind all
   * events until then. So these events have arrived.
   */
  heartbeat(): void {
    if (this.#wasEverAnswered) return;
    for (const receipt of this.#receipts.values()) {
      receipt.confirmed = receipt.sentByHeartbeat ?? receipt.confirmed;
      receipt.sentByHeartbeat = receipt.sent;
    }
    this.#deps.onMoved();
  }

  close(): void {
    clearTimeout(this.#pause);
  }

  #mark(): void {
    this.#pause = undefined;
    this.#hasUnmarked = false;
    this.#isMarkUnderWay = true;
    for (const receipt of this.#receipts.values()) receipt.marked = receipt.sent;
    this.#deps.ping(String(++this.#lastMark));
  }
}
