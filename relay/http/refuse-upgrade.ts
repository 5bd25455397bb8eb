import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { PendingConnections } from '../rate-limits/pending-connections.ts';
import type { OriginCheck } from './browsers/origin-check.ts';
import { securityHeaders } from './browsers/security-headers.ts';

/** What every new connection of a desktop has to pass. */
export interface ConnectionGuard {
  isAllowedOrigin: OriginCheck;
  /** Whether new connections are refused with 503. */
  isDraining(): boolean;
  pendingConnections: PendingConnections;
}

/** Answers an upgrade with an HTTP error and ends its connection. */
export function refuseUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  status: string,
  message: string,
): void {
  socket.on('error', () => socket.destroy());
  // A peer that never ends its own half would keep the connection, and with it the server, open for ever.
  socket.once('finish', () => socket.destroy());
  const body = `${JSON.stringify({ message })}\n`;
  const headers = {
    connection: 'close',
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...securityHeaders(request.headers),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${body}`);
}
