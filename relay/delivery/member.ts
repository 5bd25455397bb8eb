import type { Position } from '../../shared/stream/position.ts';
import type { ChannelMessage } from '../../shared/stream/protocol.ts';

/** One desktop in one conversation. Its methods must not throw. The first three are called synchronously. */
export interface Member {
  /** Called once, before anything is delivered. */
  joined(answer: JoinAnswer): void;
  /** Called for each message, in log order. */
  deliver(message: ChannelMessage): void;
  /** The member's history is broken or incomplete after `from`. The events that follow start at `position`. */
  reset(position: Position, from: Position): void;
  /**
   * Reads one page of a replay and delivers it when the member's connection is ready for it. Settles as the read and
   * the delivery do.
   */
  inTurn?(read: () => Promise<() => boolean>): Promise<boolean>;
}

export interface JoinAnswer {
  /** Where the events that follow start. */
  position: Position;
  /** Whether the member receives everything after the position that it asked for. */
  recovered: boolean;
}

/** Where a member starts: after a position that it has, or with the next event. */
export type JoinFrom = Position | 'live';

/** What delivery counts. */
export interface DeliveryMeter {
  /** A member was let in. `from` is where it asked to start. */
  joined(from: JoinFrom, recovered: boolean): void;
  /** An event was handed to so many members. */
  delivered(kind: ChannelMessage['kind'], members: number): void;
  /** The same, to members that had everything before it. */
  deliveredLive(message: ChannelMessage, members: number): void;
  /** So many members were told that their history broke. */
  reset(members: number): void;
  /** A read of the log took this long. A failed read counts, too. */
  read(seconds: number): void;
}
