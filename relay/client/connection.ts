import type { CloseReason } from '../../shared/close-codes.ts';
import { type ClientFrame, type ServerFrame, SUBPROTOCOL } from '../../shared/wire.ts';
import { backoff } from './backoff.ts';
import { REASONS } from './reasons.ts';
import { Timers } from './timers.ts';
import { askForToken } from './token.ts';
import type { ClientOptions, Clock, ErrorNotice, WebSocketConstructor, WebSocketLike } from './types.ts';

export interface ConnectionDeps {
  url: string;
  WebSocket: WebSocketConstructor;
  getToken: ClientOptions['getToken'];
  clock: Clock;
  random: () => number;
}

/** Whom a connection tells; after `ended` nothing more. */
export interface ConnectionOwner {
  /** The relay has accepted the token. */
  ready(): void;
  /** A frame that is none of the connection's own business. */
  receive(frame: ServerFrame): void;
  report(notice: ErrorNotice): void;
  ended(reason: CloseReason): void;
}

/** From the opening of a WebSocket to `ready`, in milliseconds; Cloud Run may first have to start a relay. */
export const CONNECT_TIMEOUT_MS = 10_000;
/** After so much silence, in milliseconds, the relay is asked whether it is there. */
export const SILENCE_MS = 25_000;
/** How long it may take to answer, in milliseconds. */
export const PONG_TIMEOUT_MS = 10_000;
/**
 * Shortest time between two renewals of a token, in milliseconds. Less than the 30 s that the relay lets a connection
 * outlive its token, so any token is renewed in time; and enough that a clock that is wrong does no harm.
 */
export const RENEWAL_MIN_MS = 20_000;

/**
 * One attempt to be connected, from asking for a token to the end of the WebSocket. It ends once, and whatever happens
 * afterwards (a late token, a frame or close event of a socket given up) does nothing.
 */
export class Connection {
  readonly #deps: ConnectionDeps;
  readonly #owner: ConnectionOwner;
  readonly #timers: Timers;
  #socket: WebSocketLike | undefined;
  #isReady = false;
  #isOver = false;
  #failedRenewals = 0;

  constructor(deps: ConnectionDeps, owner: ConnectionOwner) {
    this.#deps = deps;
    this.#owner = owner;
    this.#timers = new Timers(deps.clock);
  }

  /** Asks for a token, then connects with it; never rejects. */
  async start(): Promise<void> {
    // The token first: the relay's time for it starts with the connection.
    if (!this.#isOver) await this.#withToken((token) => this.#open(token), REASONS.token);
  }

  send(frame: ClientFrame): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  /** Gives the connection up. The owner is told at once: a dead connection may take a minute to close. */
  end(reason: CloseReason): void {
    if (this.#isOver) return;
    this.#isOver = true; // first: Node's WebSocket calls back within close()
    this.#timers.cancelAll();
    this.#socket?.close(reason.code, reason.reason);
    this.#owner.ended(reason);
  }

  /** Uses a token, or ends where nobody is signed in; without `failure` it asks again until it has one. */
  async #withToken(use: (token: string) => void, failure?: CloseReason): Promise<void> {
    const answer = await askForToken(this.#deps.getToken, this.#deps.clock);
    if (this.#isOver) return;
    if (answer.is === 'token') use(answer.token);
    else if (answer.is === 'none') this.end(REASONS.unauthorized);
    else {
      if (!failure) this.#renewIn(backoff(this.#failedRenewals++, this.#deps.random));
      this.#owner.report({ code: 'token', message: 'getToken failed', cause: answer.cause });
      if (failure) this.end(failure);
    }
  }

  #open(token: string): void {
    const { WebSocket, url } = this.#deps;
    this.#timers.set('ready', CONNECT_TIMEOUT_MS, () => this.end(REASONS.unanswered));
    let socket: WebSocketLike;
    try {
      socket = new WebSocket(url, SUBPROTOCOL);
    } catch {
      // A browser refuses ws: on a page that came over https:, or what the page's content policy forbids.
      this.end(REASONS.unopened);
      return;
    }
    this.#socket = socket;
    socket.addEventListener('open', () => {
      if (!this.#isOver) this.send({ type: 'auth', token });
    });
    socket.addEventListener('message', ({ data }) => {
      if (!this.#isOver) this.#receive(data);
    });
    socket.addEventListener('close', ({ code, reason }) => {
      this.#socket = undefined; // it is closed already
      this.end({ code, reason });
    });
    // A close event follows and says more; but the package `ws` throws where nobody listens.
    socket.addEventListener('error', () => {});
  }

  #receive(data: unknown): void {
    if (this.#isReady) this.#awaitNext();
    try {
      const frame = JSON.parse(data as string) as ServerFrame;
      if (frame.type === 'ready') this.#ready(frame.expires_at);
      else if (frame.type === 'draining') this.#moveWithin(frame.within_ms);
      else this.#owner.receive(frame);
    } catch (cause) {
      this.#owner.report({ code: 'unreadable', message: 'the relay sent an unreadable frame', cause });
    }
  }

  /** The answer to the first token, and to each later one. */
  #ready(expiresAt: number): void {
    const { clock, random } = this.#deps;
    const lifeMs = expiresAt * 1000 - clock.now();
    this.#failedRenewals = 0;
    this.#renewIn(Math.max(RENEWAL_MIN_MS, lifeMs * (0.75 + 0.15 * random()) || 0));
    if (this.#isReady) return;
    this.#isReady = true;
    this.#timers.cancel('ready');
    this.#awaitNext();
    this.#owner.ready();
  }

  #renewIn(ms: number): void {
    this.#timers.set('renewal', ms, () => {
      void this.#withToken((token) => this.send({ type: 'auth', token }));
    });
  }

  /** A browser tells nothing of pings below its WebSocket, and a connection can die without a close event. */
  #awaitNext(): void {
    this.#timers.set('silence', SILENCE_MS, () => {
      this.send({ type: 'ping' });
      this.#timers.set('silence', PONG_TIMEOUT_MS, () => this.end(REASONS.silent));
    });
  }

  /** Spread over the time there is, so that a relay's desktops do not all come to another one at once. */
  #moveWithin(ms: number): void {
    this.#timers.set('move', ms * this.#deps.random(), () => this.end(REASONS.drained));
  }
}
