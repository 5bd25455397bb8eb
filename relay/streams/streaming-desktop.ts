import type { ShortName } from '../../shared/conversation-name.ts';
import type { ClientFrame, StreamFrame } from '../../shared/wire.ts';
import type { ClientInfo } from '../access/client-info.ts';
import type { Claims } from '../identity/claims.ts';
import type { Outgoing } from '../session/wait-for-drain.ts';
import type { StreamCode } from './stream-error.ts';

/** The connection of a desktop that streams. */
export interface StreamingDesktop extends Outgoing {
  /** `claims` are those of the present token. */
  readonly session: { readonly claims: Claims | undefined; readonly isClosed: boolean };
  sendStream(frame: StreamFrame): void;
}

/** What a desktop may do with its streams. Whatever fails is told with `stream-error`. */
export interface StreamsOfDesktop {
  /** Takes a frame of the native protocol. */
  receive(frame: StreamClientFrame): void;
  /** The desktop has left a conversation, by a name that was not checked. */
  left(conversation: unknown): void;
  /** The connection has ended. */
  close(): void;
}

export type StreamClientFrame = Extract<ClientFrame, { streamId: string }>;

/** A desktop's events as Socket.IO hands them out, each with an acknowledgement as its last parameter or without. */
export interface StreamSocket {
  on(
    event: 'stream-request' | 'end-stream' | 'leave-conversation',
    listener: (...parameters: unknown[]) => void,
  ): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
  readonly data: { readonly client: ClientInfo };
}

/** The streams of a relay's desktops. */
export interface Streams {
  /** Those of a desktop on the native protocol. */
  open(desktop: StreamingDesktop, client: ClientInfo): StreamsOfDesktop;
  /** Lets a desktop on Socket.IO stream. */
  attach(socket: StreamSocket, desktop: StreamingDesktop): void;
  /**
   * Tells a desktop why its streams end, before the relay closes its connection because of a revocation.
   *
   * @param session that of the desktop.
   * @param conversations that it may not see any more; undefined for all.
   */
  revoked(session: object, conversations?: readonly ShortName[]): void;
  /** Closes the connections to Dialogflow, when the desktops are gone. */
  close(): void;
}

/** What streams count. */
export interface StreamMeter {
  streamOpened(): void;
  /** @param code of the error that the desktop was told. */
  streamEnded(code: StreamCode | undefined): void;
  /** A request that has opened no stream. */
  streamRefused(code: StreamCode): void;
}
