import type { ShortName } from '../../shared/conversation-name.ts';
import type { Position } from '../../shared/stream/position.ts';
import type { JoinFrom } from '../delivery/member.ts';

/** The positions that the relay remembers for the desktop of one connection, if the desktop knows no cursors. */
export interface ResumePoints {
  /** Where the desktop continues in a conversation. Rejects like Redis. */
  find(conversation: ShortName): Promise<JoinFrom>;
  /** The events of the conversation that the desktop gets start at this position. */
  start(conversation: ShortName, position: Position): void;
  /**
   * An event with this position is handed to the connection next. Returns an offset to send with it, or '' for none.
   * With the offset the desktop can say later how far it has got.
   */
  sent(conversation: ShortName, position: Position): string;
  /** The desktop does not get the events between the two, if there are any. */
  skipped(conversation: ShortName, from: Position, to: Position): void;
  /** The desktop has left the conversation: it starts at the beginning when it joins again. */
  forget(conversation: ShortName): void;
  /** The keys in Redis that hold where the desktop was in a conversation. */
  keysOf(conversation: ShortName): readonly string[];
  /** The connection has ended. Resolves when all is written, or could not be. */
  end(): Promise<void>;
}
