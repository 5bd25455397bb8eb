import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { CLOSE, type CloseReason } from '../../shared/close-codes.ts';

/** How long a peer may take to answer a close, in milliseconds, before its connection is cut. */
const CLOSE_TIMEOUT_MS = 1_000;
/**
 * The same for a slow desktop, whose close frame waits behind all that it has not read. What it reads and confirms
 * meanwhile need not be sent again.
 */
const SLOW_CLOSE_TIMEOUT_MS = 10_000;

/** Closes a WebSocket, and ends its connection when the peer does not answer in time. */
export function closeWebSocket(webSocket: WebSocket, reason: CloseReason): void {
  webSocket.close(reason.code, reason.reason);
  const [end, patience] =
    reason === CLOSE.slow
      ? [() => cutWebSocket(webSocket), SLOW_CLOSE_TIMEOUT_MS]
      : [() => webSocket.terminate(), CLOSE_TIMEOUT_MS];
  setTimeout(end, patience).unref();
}

/**
 * Ends a connection at once, and drops what the operating system still holds for it. That may be megabytes. A very
 * slow peer would read them for an hour before it learns that the connection is over.
 */
export function cutWebSocket(webSocket: WebSocket): void {
  const { _socket: tcp } = webSocket as unknown as { _socket: Socket | null };
  tcp?.resetAndDestroy();
}
