import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** More than this goes out at once, in bytes: what is held counts as backlog of the desktop. */
const HELD_MAX_BYTES = 64 * 1024;

let held: Duplex[] = [];

/**
 * Holds what is written to a WebSocket until the current turn of the event loop ends. Events that come together from
 * Redis then leave with one system call for each desktop. That call is nine tenths of what a delivery costs.
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
