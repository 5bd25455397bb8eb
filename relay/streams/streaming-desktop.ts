import type { ClientInfo } from '../access/client-info.ts';
import type { Claims } from '../identity/claims.ts';
import type { Outgoing } from '../session/wait-for-drain.ts';
import type { StreamCode } from './stream-error.ts';

/** What the relay says on streams, by the events of Socket.IO. */
export interface StreamEvents {
  'stream-data': { streamId: string; payload: object };
  'stream-error': { streamId: string; payload: { error: { message: string; code: StreamCode } } };
}

/** The connection of a desktop that streams. */
export interface StreamingDesktop extends Outgoing {
  /** `claims` are those of the present token. */
  readonly session: { readonly claims: Claims | undefined };
  emit<E extends keyof StreamEvents>(event: E, value: StreamEvents[E]): void;
}

/** A desktop's events as Socket.IO hands them out, each with an acknowledgement as its last parameter or without. */
export interface StreamSocket {
  on(
    event: 'stream-request' | 'end-stream' | 'leave-conversation',
    listener: (...parameters: unknown[]) => void,
  ): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
  readonly data: { readonly client: ClientInfo };
}

/** Lets a desktop stream. */
export type AttachStreams = (socket: StreamSocket, desktop: StreamingDesktop) => void;

/** What streams count. */
export interface StreamMeter {
  streamOpened(): void;
  /** @param code of the error that the desktop was told. */
  streamEnded(code: StreamCode | undefined): void;
  /** A request that has not come so far. */
  streamRefused(code: StreamCode): void;
}
