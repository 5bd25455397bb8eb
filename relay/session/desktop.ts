import type { CloseReason } from '../../shared/close-codes.ts';
import type { ShortName } from '../../shared/conversation-name.ts';
import type { Position } from '../../shared/stream/position.ts';
import type { ChannelMessage } from '../../shared/stream/protocol.ts';
import type { JoinStart } from './join-request.ts';
import type { Outgoing } from './wait-for-drain.ts';

/** The desktop at the other end of a session. Each protocol has an adapter that implements it. */
export interface Desktop extends Outgoing {
  /** Sends an event, and with it an offset, which a desktop without cursors sends back later. */
  send(message: ChannelMessage, offset?: string): void;
  /** A conversation's history is broken or incomplete. The events that follow start at `position`. */
  reset(conversation: ShortName, position: Position, joinedFrom: JoinStart): void;
  /** The relay has removed the desktop from a conversation. `reason` may be shown to it. */
  removed(conversation: ShortName, reason: string): void;
  /** Announces that the connection will be closed within this many milliseconds, if the protocol can say that. */
  announceClose(withinMs: number): void;
  close(reason: CloseReason): void;
}
