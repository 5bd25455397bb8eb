import { fromCursor, type Position } from '../../shared/stream/position.ts';
import type { WireErrorCode } from '../../shared/wire.ts';

/** What a desktop asks for with `join-conversation`. */
export interface JoinRequest {
  /** As it came: a full or short name, not yet checked. */
  conversation: unknown;
  /** Whether the desktop knows of cursors: then its answer has one, and it starts where it says. */
  knowsCursors: boolean;
  /** Where it wants to go on; without one, a desktop that knows of cursors gets only what comes. */
  after?: Position;
}

/** What a desktop asks for cannot be done, whoever asks; the message says what is expected. */
export class JoinRequestError extends Error {
  override readonly name = 'JoinRequestError';
  readonly code: WireErrorCode;

  constructor(message: string, code: WireErrorCode = 'bad-frame') {
    super(message);
    this.code = code;
  }
}

/**
 * Parses the argument of `join-conversation`: a name, as every existing desktop sends it, or
 * `{ conversation: string, after?: string }`.
 *
 * @throws {JoinRequestError}
 */
export function parseJoin(argument: unknown): JoinRequest {
  if (typeof argument === 'string') return { conversation: argument, knowsCursors: false };
  if (typeof argument !== 'object' || argument === null || !('conversation' in argument)) {
    throw new JoinRequestError('expected a conversation name or { conversation, after }');
  }
  const { conversation } = argument;
  const cursor = 'after' in argument ? argument.after : undefined;
  if (cursor === undefined || cursor === null) return { conversation, knowsCursors: true };
  const after = fromCursor(cursor);
  if (after === undefined) {
    throw new JoinRequestError(
      'after is not a cursor: expected the cursor of an event, or "0"',
      'bad-cursor',
    );
  }
  return { conversation, knowsCursors: true, after };
}
