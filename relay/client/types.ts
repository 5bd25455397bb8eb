// The public surface of the browser client. Nothing here needs Node's types or the DOM's.
import type { DeliveredEvent, WireErrorCode } from '../../shared/wire.ts';

export interface ClientOptions {
  /** Where the relay is, e.g. `https://relay.example.com`; in a page also a path of its own origin, e.g. `/`. */
  url: string;
  /**
   * Gives a token of the relay (`POST /register`). Called for each connection and again before the token expires.
   * When it fails, it is called again after a pause. When it throws an {@link Unauthorized} or gives no token, the
   * client closes: nobody is signed in any more.
   */
  getToken: () => string | null | undefined | Promise<string | null | undefined>;
  /** Default: the global one, which browsers and Node 22 have. */
  WebSocket?: WebSocketConstructor | undefined;
  /** Tells of `online` and `offline`. Default: the window or the worker, where there is one. */
  network?: NetworkEvents | undefined;
  /** Default: the system's. */
  clock?: Clock | undefined;
  /** Between 0 and 1, for the pauses between attempts. Default: `Math.random`. */
  random?: (() => number) | undefined;
}

export interface Client {
  readonly state: ClientState;
  /** Connects, and stays connected until {@link close}. While it waits for another attempt: attempts at once. */
  connect(): void;
  /**
   * Disconnects. What has been joined stays joined: after another {@link connect} each conversation goes on where it
   * stopped. Joins that are not through are rejected with the code `closed`.
   */
  close(): void;
  /**
   * Joins a conversation, by its name with or without its location. Resolves when the relay has let it in, which waits
   * for a connection and for as many attempts as it takes; afterwards every connection joins it again and goes on
   * where the last one stopped, until {@link leave}. Joining what is joined already gives the same membership.
   *
   * @throws {ClientError} (as a rejection) when the relay refuses: `bad-conversation`, `not-allowed`, `bad-cursor`,
   * `too-many-joins`; `left` or `closed` when it was withdrawn before, or the client is closed.
   */
  join(conversation: string, options?: JoinOptions): Promise<Membership>;
  /** Leaves a conversation: from now on none of its events is handed over. */
  leave(conversation: string): void;
  /**
   * Opens a stream to Dialogflow with its first message, which names the `participant`. The stream waits for a
   * connection, and ends with it.
   *
   * @param method `streaming_reactive_companion_suggestions`.
   * @throws {ClientError} `closed`, when the client is closed.
   * @throws {TypeError} that names `method` or `payload`, when it is not a string or not an object.
   */
  stream(method: string, payload: object): Stream;
  /** Calls the handler at each event of that name; returns what ends it. */
  on<Name extends keyof ClientEvents>(name: Name, handler: Handler<Name>): () => void;
}

/**
 * What Dialogflow says, message by message, until it or {@link close} ends the stream. May be iterated once; what comes
 * meanwhile waits. To leave the iteration closes the stream.
 *
 * @throws {StreamFailed} in the iteration, for any other end.
 */
export interface Stream extends AsyncIterable<object> {
  /**
   * Sends another message, such as the next question.
   *
   * @throws {StreamFailed} when the stream has ended.
   * @throws {TypeError} when the payload is not an object.
   */
  send(payload: object): void;
  /** Asks Dialogflow to stop the present answer. A message with the status `CANCELLED` confirms it. */
  cancel(): void;
  close(): void;
}

export interface JoinOptions {
  /**
   * Which events to start with. `"0"`, the default: the conversation so far. A cursor: what came after that event.
   * `null`: only what comes from now on.
   */
  after?: string | null | undefined;
}

export interface Membership {
  /** The name as the relay writes it in `conversation_name`: without location. */
  readonly conversation: string;
  /** Cursor of the last event that was handed over, or of where the next one follows. */
  readonly cursor: string;
  leave(): void;
}

/** May be async: it is not waited for, but its rejection is reported like an error that it throws. */
export type Handler<Name extends keyof ClientEvents> = (detail: ClientEvents[Name]) => unknown;

/** What {@link Client.on} listens to. */
export interface ClientEvents {
  state: StateChange;
  /** An event of a joined conversation: each once, in the order of the relay's log. */
  event: DeliveredEvent;
  /** A conversation has been joined, for the first time or again on a new connection. Its events follow. */
  joined: Joined;
  /**
   * What has been handed over of this conversation is not the beginning of what follows: clear its view. The relay
   * hands over all that it still has.
   */
  reset: Reset;
  /** Something went wrong that the client deals with by itself, unless `conversation` says otherwise. */
  error: ErrorNotice;
}

/**
 * - `idle`: before the first {@link Client.connect}.
 * - `connecting`: asks for a token, opens a connection, waits for the relay's `ready`.
 * - `ready`: joined conversations are live.
 * - `waiting`: for the next attempt.
 * - `closed`: by {@link Client.close}, or for good; only {@link Client.connect} goes on.
 */
export type ClientState = 'idle' | 'connecting' | 'ready' | 'waiting' | 'closed';

export interface StateChange {
  state: ClientState;
  /** Why: the close code of the connection that ended (see docs/client.md), 0 when none has ended. */
  code: number;
  reason: string;
}

export interface Joined {
  conversation: string;
  /** What follows starts here. */
  cursor: string;
  /** False: not everything after the cursor that was asked for is there any more, and a `reset` says so next. */
  recovered: boolean;
}

export interface Reset {
  conversation: string;
  /** What follows starts here. */
  cursor: string;
}

export interface ErrorNotice {
  code: ErrorCode;
  message: string;
  /** The conversation concerned. When the code is not `unavailable` or `timeout`, it is not joined any more. */
  conversation?: string;
  /** What the application's own function threw, with `token` and `handler`. */
  cause?: unknown;
}

/**
 * The relay's codes (a later relay may have more), and the client's own:
 * - `closed`, `left`: the join was withdrawn.
 * - `timeout`: the relay did not answer a request; it is repeated.
 * - `token`: `getToken` failed; it is called again.
 * - `handler`: a handler threw.
 * - `unreadable`: the relay sent what the client does not understand.
 */
export type ErrorCode = WireErrorCode | 'closed' | 'left' | 'timeout' | 'token' | 'handler' | 'unreadable';

/** What the client needs of a WebSocket; the browser's, Node's and that of the package `ws` have it. */
export interface WebSocketLike {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
}

export type WebSocketConstructor = new (url: string, protocol: string) => WebSocketLike;

/** The part of a window that tells of the network. */
export interface NetworkEvents {
  addEventListener(type: 'online' | 'offline', listener: () => void): void;
  removeEventListener(type: 'online' | 'offline', listener: () => void): void;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after so many milliseconds; returns what prevents it. */
  after(ms: number, callback: () => void): () => void;
}
