import type { Duplex } from 'node:stream';

/** Answers an upgrade with an HTTP error and ends its connection. */
export function refuseUpgrade(socket: Duplex, status: string, message: string): void {
  socket.on('error', () => socket.destroy());
  // A peer that never ends its own half would keep the connection, and with it the server, open for ever.
  socket.once('finish', () => socket.destroy());
  const body = `${JSON.stringify({ message })}\n`;
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
