import type { CloseReason } from '../../shared/close-codes.ts';
import type { ShortName } from '../../shared/conversation-name.ts';
import type { Position } from '../../shared/stream/position.ts';
import type { ChannelMessage } from '../../shared/stream/protocol.ts';
import type { JoinStart } from './join-request.ts';
import type { Outgoing } from './wait-for-drain.ts';

/** The desktop at the other end of a session. Each protocol has an adapter that implements it. */
export interface Desktop extends Outgoing {
  /** Sends an event, and behind it an offset, which a desktop without cursors sends back later. */
  send(message: ChannelMessage, offset?: string): void;
  /** A conversation's history is broken or incomplete. What follows starts at `position`. */
  reset(conversation: ShortName, position: Position, joinedFrom: JoinStart): void;
  /** The desktop was taken out of a conversation; `reason` is fit for it to see. */
  removed(conversation: ShortName, reason: string): void;
  /** Says, where the protocol can, that the connection will be closed within so many milliseconds. */
  announceClose(withinMs: number): void;
  close(reason: CloseReason): void;
}
