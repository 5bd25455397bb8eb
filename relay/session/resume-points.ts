import type { ShortName } from '../../shared/conversation-name.ts';
import type { Position } from '../../shared/stream/position.ts';
import type { JoinFrom } from '../delivery/member.ts';

/** What the relay remembers of where one connection's desktop was, for desktops that know no cursors. */
export interface ResumePoints {
  /** Where the desktop goes on in a conversation. Rejects like Redis. */
  find(conversation: ShortName): Promise<JoinFrom>;
  /** What the desktop is sent of a conversation starts at this position. */
  start(conversation: ShortName, position: Position): void;
  /**
   * An event with this position is handed to the connection next. Returns what goes behind the event, so that the desktop
   * can tell later how far it has got: an offset, or '' for nothing.
   */
  sent(conversation: ShortName, position: Position): string;
  /** The desktop is not sent what lies between the two, if anything does. */
  skipped(conversation: ShortName, from: Position, to: Position): void;
  /** The desktop has left the conversation: it starts at the beginning when it joins again. */
  forget(conversation: ShortName): void;
  /** The keys in Redis that hold where the desktop was in a conversation. */
  keysOf(conversation: ShortName): readonly string[];
  /** The connection has ended. Resolves when all is written, or could not be. */
  end(): Promise<void>;
}
