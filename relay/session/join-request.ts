import { fromCursor, type Position } from '../../shared/stream/position.ts';
import type { WireErrorCode } from '../../shared/wire.ts';

/**
 * Where a desktop wants to start: after a position, or with the next event. A desktop that knows no cursors starts where
 * the relay remembers it.
 */
export type JoinStart = Position | 'live' | 'remembered';

/** What a desktop asks for cannot be done for any desktop; the message says what is expected. */
export class JoinRequestError extends Error {
  override readonly name = 'JoinRequestError';
  readonly code: WireErrorCode;

  constructor(message: string, code: WireErrorCode = 'bad-frame') {
    super(message);
    this.code = code;
  }
}

/**
 * Parses the argument of Socket.IO's `join-conversation`: a name, as every existing desktop sends it, or
 * `{ conversation: string, after?: string }`. The name is not checked.
 *
 * @throws {JoinRequestError}
 */
export function parseJoin(argument: unknown): { conversation: unknown; start: JoinStart } {
  if (typeof argument === 'string') return { conversation: argument, start: 'remembered' };
  if (typeof argument !== 'object' || argument === null || !('conversation' in argument)) {
    throw new JoinRequestError('expected a conversation name or { conversation, after }');
  }
  const after = 'after' in argument ? argument.after : undefined;
  return { conversation: argument.conversation, start: startAfter(after, 'the cursor of an event') };
}

/**
 * Where a desktop that knows cursors starts: without one, with the next event.
 *
 * @param expected names a cursor in the error's message.
 * @throws {JoinRequestError} for what is not a cursor.
 */
export function startAfter(cursor: unknown, expected: string): Position | 'live' {
  if (cursor === undefined || cursor === null) return 'live';
  const position = fromCursor(cursor);
  if (position !== undefined) return position;
  throw new JoinRequestError(`after is not a cursor: expected ${expected}, or "0"`, 'bad-cursor');
}
