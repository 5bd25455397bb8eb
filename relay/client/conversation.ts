import { ClientError } from './errors.ts';
import type { ErrorCode, Membership } from './types.ts';

/**
 * A conversation that the application wants to be in.
 *
 * Between the request to join it and the answer none of its events is handed over: the request names the place after
 * which the answered events start, so nothing handed over may lie behind that place. This is what makes repeating a
 * request harmless, whatever became of the first.
 */
export class Conversation {
  /** As the application names it. */
  readonly asked: string;
  /** As the relay names it, once it has. */
  conversation: string;
  /** Where the next join starts; none: with what comes. */
  after: string | undefined;
  /** Id of the request to join that has not been answered yet. */
  request: number | undefined;
  /** Whether it is joined on the present connection. */
  isLive = false;
  /** Whether it ever was joined; then {@link membership} is resolved. */
  isMember = false;
  /** The application has yet to be told that what it has is not the beginning of what follows. */
  needsReset = false;
  /** Requests in a row that the relay could not answer. */
  failures = 0;
  readonly membership: Promise<Membership>;
  readonly #leave: () => void;
  #resolve: (membership: Membership) => void = () => {};
  #reject: (error: Error) => void = () => {};

  constructor(asked: string, after: string | undefined, leave: () => void) {
    this.asked = asked;
    this.conversation = asked;
    this.after = after;
    this.#leave = leave;
    this.membership = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  isNamed(name: string): boolean {
    return this.asked === name || this.conversation === name;
  }

  /** The relay has let it in. */
  joined(conversation: string, cursor: string): void {
    this.conversation = conversation;
    this.after = cursor;
    this.request = undefined;
    this.isLive = true;
    this.isMember = true;
    this.failures = 0;
    this.#resolve(this.#view());
  }

  /** What the application gets of it. */
  #view(): Membership {
    const conversation = () => this.conversation;
    const cursor = () => this.after ?? '0';
    return Object.freeze({
      get conversation() {
        return conversation();
      },
      get cursor() {
        return cursor();
      },
      leave: this.#leave,
    });
  }

  /** Nothing more of it comes on this connection. */
  disconnected(): void {
    this.request = undefined;
    this.isLive = false;
  }

  /** It has not been joined and will not be. */
  rejected(code: ErrorCode, message: string): void {
    this.#reject(new ClientError(code, message));
  }
}

/** A conversation's name without its location, as the relay writes it. */
export function withoutLocation(name: string): string {
  return name.replace(/\/locations\/[^/]+/, '');
}
