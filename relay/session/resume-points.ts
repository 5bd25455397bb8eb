import type { ShortName } from '../../shared/conversation-name.ts';
import type { Position } from '../../shared/stream/position.ts';
import type { JoinFrom } from '../delivery/member.ts';

/** What the relay remembers of where one connection's desktop was, for desktops that know no cursors. */
export interface ResumePoints {
  /** Where the desktop goes on in a conversation. Rejects like Redis. */
  find(conversation: ShortName): Promise<JoinFrom>;
  /** What the desktop is sent of a conversation starts at this position. */
  start(conversation: ShortName, position: Position): void;
  /** An event with this position was handed to the connection. */
  sent(conversation: ShortName, position: Position): void;
  /** The desktop has left the conversation: it starts at the beginning when it joins again. */
  forget(conversation: ShortName): void;
  /**
   * The connection has ended, because its page is gone (`left`) or for another reason, after which the desktop comes
   * back. Resolves when all is written.
   */
  end(reason: { left: boolean }): Promise<void>;
}
