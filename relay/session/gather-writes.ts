import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** Beyond this many bytes the held writes go out at once, because they count as backlog of the desktop. */
const HELD_MAX_BYTES = 64 * 1024;

let held: Duplex[] = [];

/**
 * Holds the writes to a WebSocket until the current turn of the event loop ends. Events that come together from Redis
 * then leave with one system call for each desktop. That call is nine tenths of the cost of a delivery.
 */
export function gatherWrites(webSocket: WebSocket): void {
  const tcp = tcpOf(webSocket);
  if (tcp.writableCorked > 0) {
    if (tcp.writableLength > HELD_MAX_BYTES) tcp.uncork();
    return;
  }
  tcp.cork();
  if (held.push(tcp) === 1) queueMicrotask(release);
}

function release(): void {
  const sockets = held;
  held = [];
  for (const tcp of sockets) tcp.uncork();
}

/** The TCP connection below a WebSocket, which ws does not declare. */
export function tcpOf(webSocket: WebSocket): Duplex {
  return (webSocket as unknown as { _socket: Duplex })._socket;
}
