import type { ClientFrame, ServerFrame } from '../../shared/wire.ts';
import { backoff } from './backoff.ts';
import { Conversation, withoutLocation } from './conversation.ts';
import type { Emitter } from './emitter.ts';
import { Timers } from './timers.ts';
import type { Clock, ErrorCode, JoinOptions, Membership } from './types.ts';

/**
 * A request is repeated when the relay has sent nothing for this time, in milliseconds. While frames arrive the answer may
 * be on its way behind them: on a slow line a replay takes minutes.
 */
export const REQUEST_TIMEOUT_MS = 10_000;
/** How many of these times a request waits at most. The longest replay of 50 conversations that was measured took 13. */
export const REQUEST_TIMEOUTS_MAX = 30;

/** All that the relay has retained. */
const START = '0';

type ErrorFrame = Extract<ServerFrame, { type: 'error' }>;
type JoinedFrame = Extract<ServerFrame, { type: 'joined' }>;

/** The conversations that the application has joined: each is joined again on every connection. */
export class Memberships {
  readonly #emitter: Emitter;
  readonly #timers: Timers;
  readonly #random: () => number;
  readonly #conversations = new Set<Conversation>();
  /** Sends on the present connection, while there is one that is ready. */
  #send: ((frame: ClientFrame) => void) | undefined;
  #lastId = 0;
  /** Frames that the relay has sent. */
  #frames = 0;

  constructor(emitter: Emitter, clock: Clock, random: () => number) {
    this.#emitter = emitter;
    this.#timers = new Timers(clock);
    this.#random = random;
  }

  async join(name: string, { after = START }: JoinOptions): Promise<Membership> {
    // The relay would answer a malformed frame, and end the connection after the second.
    if (typeof name !== 'string' || (after !== null && typeof after !== 'string')) {
      throw new TypeError('expected the name of a conversation and, if any, a cursor');
    }
    const asked = withoutLocation(name);
    let conversation = this.#find(asked);
    if (!conversation) {
      conversation = new Conversation(asked, after ?? undefined, () => this.leave(asked));
      this.#conversations.add(conversation);
      this.#ask(conversation);
    }
    return conversation.membership;
  }

  leave(name: string): void {
    const conversation = this.#find(withoutLocation(name));
    if (!conversation) return;
    if (conversation.isLive || conversation.request !== undefined) {
      this.#send?.({ type: 'leave', id: ++this.#lastId, conversation: conversation.conversation });
    }
    this.#forget(conversation);
    conversation.rejected('left', 'the conversation was left before it was joined');
  }

  /** A connection is ready: joins on it whatever is wanted. */
  connected(send: (frame: ClientFrame) => void): void {
    this.#send = send;
    for (const conversation of this.#conversations) this.#ask(conversation);
  }

  /** The connection is lost. */
  disconnected(): void {
    this.#send = undefined;
    this.#timers.cancelAll();
    for (const conversation of this.#conversations) conversation.disconnected();
  }

  /** Gives up what has not been joined yet. */
  withdraw(code: ErrorCode, message: string): void {
    for (const conversation of this.#conversations) {
      if (conversation.isMember) continue;
      this.#forget(conversation);
      conversation.rejected(code, message);
    }
  }

  receive(frame: ServerFrame): void {
    this.#frames++;
    if (frame.type === 'event') {
      const { event } = frame;
      const conversation = this.#find(event.conversation_name);
      if (!conversation?.isLive) return;
      this.#emitter.emit('event', event);
      // Only now: an event counts as received when the application has dealt with it.
      conversation.after = event.cursor;
    } else if (frame.type === 'joined') {
      const conversation = this.#requested(frame.id);
      if (conversation) this.#joined(conversation, frame);
    } else if (frame.type === 'reset') {
      const conversation = this.#find(frame.conversation);
      if (conversation?.isLive) this.#reset(conversation, frame.cursor);
    } else if (frame.type === 'error') {
      const { id, code, message } = frame;
      const conversation = id === undefined ? this.#find(frame.conversation ?? '') : this.#requested(id);
      if (conversation) this.#refused(conversation, frame);
      else if (id === undefined) this.#emitter.emit('error', { code, message });
    }
  }

  #find(name: string): Conversation | undefined {
    return [...this.#conversations].find((conversation) => conversation.isNamed(name));
  }

  #requested(id: unknown): Conversation | undefined {
    if (id === undefined) return undefined;
    return [...this.#conversations].find(({ request }) => request === id);
  }

  #forget(conversation: Conversation): void {
    this.#conversations.delete(conversation);
    this.#timers.cancel(conversation.asked);
    conversation.disconnected();
  }

  #ask(wanted: Conversation): void {
    if (!this.#send) return;
    const { conversation, after } = wanted;
    const id = ++this.#lastId;
    wanted.request = id;
    this.#await(wanted, REQUEST_TIMEOUTS_MAX);
    this.#send({ type: 'join', id, conversation, ...(after === undefined ? {} : { after }) });
  }

  #await(wanted: Conversation, times: number): void {
    const frames = this.#frames;
    this.#timers.set(wanted.asked, REQUEST_TIMEOUT_MS, () => {
      if (this.#frames > frames && times > 1) this.#await(wanted, times - 1);
      else this.#askAgain(wanted, 'timeout', 'the relay has not answered a request in time');
    });
  }

  #askAgain(wanted: Conversation, code: ErrorCode, message: string): void {
    // Until then the answer is still welcome.
    this.#timers.set(wanted.asked, backoff(wanted.failures++, this.#random), () => this.#ask(wanted));
    this.#emitter.emit('error', { code, message, conversation: wanted.conversation });
  }

  #joined(joined: Conversation, { conversation, cursor, recovered }: JoinedFrame): void {
    this.#timers.cancel(joined.asked);
    for (const other of this.#conversations) {
      if (other === joined || other.conversation !== conversation) continue;
      // The same conversation by another name (its project's number): the relay has one membership, the newer.
      this.#forget(other);
      other.rejected('left', 'the conversation was joined by another name');
    }
    joined.joined(conversation, cursor);
    joined.needsReset ||= !recovered;
    this.#emitter.emit('joined', { conversation, cursor, recovered: !joined.needsReset });
    // When the handler has closed the client, the next connection's `joined` tells it.
    if (joined.needsReset && joined.isLive) this.#reset(joined, cursor);
  }

  #reset(wanted: Conversation, cursor: string): void {
    wanted.after = cursor;
    wanted.needsReset = false;
    this.#emitter.emit('reset', { conversation: wanted.conversation, cursor });
  }

  #refused(wanted: Conversation, { code, message }: ErrorFrame): void {
    const { conversation } = wanted;
    if (code === 'unavailable' || code === 'not-joined') {
      wanted.request = undefined;
      this.#askAgain(wanted, code, message);
    } else if (code === 'bad-cursor' && wanted.isMember && wanted.after !== START) {
      // This relay is of another version than the one that gave the cursor.
      wanted.after = START;
      wanted.needsReset = true;
      this.#ask(wanted);
    } else {
      this.#forget(wanted);
      if (wanted.isMember) this.#emitter.emit('error', { code, message, conversation });
      else wanted.rejected(code, message);
    }
  }
}
