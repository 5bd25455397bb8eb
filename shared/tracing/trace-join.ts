import type { ShortName } from '../conversation-name.ts';
import type { Position } from '../stream/position.ts';

/** Runs a desktop's join of a conversation, and traces it. `start` is where the desktop wants to start. */
export type TraceJoin = (
  conversation: ShortName,
  start: Position | 'live' | 'remembered',
  join: () => Promise<void>,
) => Promise<void>;
