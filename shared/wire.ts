// The frames of the native WebSocket protocol, subprotocol `agent-assist.v1`: one JSON object a text frame. A later
// version is another subprotocol. Receivers ignore fields they do not know.
import type { Envelope } from './event.ts';

/** The WebSocket subprotocol (`Sec-WebSocket-Protocol`) that a client has to offer. */
export const SUBPROTOCOL = 'agent-assist.v1';

/** An event as desktops receive it, on Socket.IO and on the native protocol alike. */
export interface DeliveredEvent extends Envelope {
  /** Opaque, comparable only for equality: hand it back as `after` to go on behind this event. */
  cursor: string;
}

export type ClientFrame =
  /** First on every connection, within 10 s; later to renew the token of the same identity. Answered by `ready`. */
  | { type: 'auth'; token: string }
  /**
   * `after`: a cursor, `"0"` for all that is retained; without it, or with null, only what comes. A conversation that
   * is joined already is left first. Answered by `joined`.
   */
  | { type: 'join'; id: RequestId; conversation: string; after?: string | null }
  /** Answered by `left`. */
  | { type: 'leave'; id: RequestId; conversation: string }
  /** Answered by `pong`. */
  | { type: 'ping' }
  /** The first one with a `streamId` opens a stream with `payload` as its first message; later ones send on it. */
  | { type: 'stream-request'; streamId: string; method?: unknown; payload?: unknown }
  | { type: 'end-stream'; streamId: string };

/** What the relay says on a stream. On Socket.IO `type` is the event's name, and the rest its argument. */
export type StreamFrame = Extract<ServerFrame, { streamId: string }>;

/** Chosen by the client and sent back with the answer: at most 64 characters, or a safe integer. */
export type RequestId = string | number;

export type ServerFrame =
  /** `expires_at`: end of the token, in seconds since 1970. */
  | { type: 'ready'; session: string; expires_at: number }
  /**
   * Comes before the first event of the join. `cursor` is where what follows starts; `recovered` says whether
   * everything after the cursor that was asked for is going to follow.
   */
  | { type: 'joined'; id: RequestId; conversation: string; cursor: string; recovered: boolean }
  | { type: 'left'; id: RequestId }
  | { type: 'event'; event: DeliveredEvent }
  /** All earlier cursors of the conversation are void, and events may be missing: what follows starts at `cursor`. */
  | { type: 'reset'; conversation: string; cursor: string }
  /** The relay closes this connection within so many milliseconds; connect again then. */
  | { type: 'draining'; within_ms: number }
  /**
   * With the `id` of the request that it answers, if it answers one; or with the conversation that is not joined any
   * more.
   */
  | { type: 'error'; id?: RequestId; code: WireErrorCode; message: string; conversation?: string }
  | { type: 'pong' }
  /** One message of a stream. */
  | { type: 'stream-data'; streamId: string; payload: object }
  /** The stream has ended; `code` is one of google.rpc's. */
  | { type: 'stream-error'; streamId: string; payload: { error: { message: string; code: number } } };

/** Every code of an `error` frame, and what it means. Codes are never reused for something else. */
export const WIRE_ERRORS = {
  'bad-frame': 'the frame is not a JSON object with a known type and the fields of that type',
  unauthenticated: 'the token was refused, or no token has been sent yet',
  'bad-conversation': 'the conversation name is malformed or belongs to another project',
  'not-allowed': 'the agent may not see the conversation, or not any more',
  'bad-cursor': 'after is not a cursor',
  'not-joined': 'the conversation to leave is not joined, or was left before its join was through',
  'too-many-joins': 'the connection has joined as many conversations as it may',
  unavailable: 'the conversation cannot be read, or the token cannot be renewed, right now: try again later',
} as const;

export type WireErrorCode = keyof typeof WIRE_ERRORS;
