// Why a relay closes a WebSocket. The range is the contract, so that a client needs no table: 4000 to 4499 means
// connect again (after a pause), 4500 to 4999 means that connecting again would end the same way. Codes are never
// reused for something else.

export interface CloseReason {
  code: number;
  reason: string;
}

export const CLOSE = {
  /** The relay is shutting down. */
  draining: { code: 4000, reason: 'the relay is shutting down' },
  /** The connection has reached its greatest age: Cloud Run would cut it at 60 minutes anyway. */
  aged: { code: 4001, reason: 'the connection is old' },
  /** More waits to be sent than the relay keeps for one desktop: it resumes from its cursors. */
  slow: { code: 4002, reason: 'the desktop is too slow' },
  /** Nothing was heard for too long. */
  silent: { code: 4003, reason: 'no answer to a ping' },
  /** The token has expired: connect with a new one. */
  expired: { code: 4004, reason: 'the token has expired' },
  /** No `auth` came in time: the line was stuck, or the token was slow to get. */
  'auth-timeout': { code: 4005, reason: 'no token in time' },
  /**
   * Socket.IO only, which has no frame for it: the history of a conversation that was joined with a cursor is lost or
   * trimmed. The answer to the next join with that cursor says so.
   */
  reset: { code: 4006, reason: 'the history of a conversation changed' },
  /**
   * A conversation that was joined was revoked or erased: a join of it is refused from now on, with a new token too. The
   * others may be joined again.
   */
  withdrawn: { code: 4007, reason: 'a conversation was revoked' },
  /** The first frame was not `auth`. */
  'auth-first': { code: 4500, reason: 'the first frame was not auth' },
  /** The token was refused. */
  unauthenticated: { code: 4501, reason: 'the token was refused' },
  /** Malformed frames, again and again. */
  malformed: { code: 4502, reason: 'malformed frames' },
  /** The token was revoked, or all that its identity had. */
  revoked: { code: 4503, reason: 'the token was revoked' },
  /** More frames than the limits allow. */
  flooded: { code: 4504, reason: 'too many frames' },
  /** The agent has more connections to this relay than any use needs. Those that are open stay. */
  'too-many-connections': { code: 4505, reason: 'too many connections' },
} as const satisfies Record<string, CloseReason>;

/**
 * Whether to connect again after a close. Besides our own codes: 1008 (policy) and 1009 (too large) would repeat
 * themselves; everything else, such as 1006 for a connection that just broke, is worth another try.
 */
export function mayReconnect(code: number): boolean {
  if (code >= 4500 && code <= 4999) return false;
  return code !== 1008 && code !== 1009;
}
