import { type CloseReason, mayReconnect } from '../../shared/close-codes.ts';

/**
 * Why the client itself ended a connection. As with the relay's codes the range says what follows: 3000 to 3499 means
 * another attempt, 3500 to 3999 the end. (A page may close a WebSocket only with 1000 or 3000 to 4999.)
 */
export const REASONS = {
  started: { code: 0, reason: 'connect() was called' },
  ready: { code: 0, reason: '' },
  closed: { code: 1000, reason: 'close() was called' },
  unanswered: { code: 3000, reason: 'the relay did not answer in time' },
  silent: { code: 3001, reason: 'nothing was received for too long' },
  offline: { code: 3002, reason: 'the network is gone' },
  drained: { code: 3003, reason: 'the relay is about to close the connection' },
  token: { code: 3004, reason: 'getToken failed' },
  unopened: { code: 3005, reason: 'the connection could not be opened' },
  unauthorized: { code: 3500, reason: 'getToken gave no token' },
} as const satisfies Record<string, CloseReason>;

/** Whether no other attempt follows the end of a connection. */
export function isFinal(code: number): boolean {
  return !mayReconnect(code) || (code >= 3500 && code <= 3999);
}
