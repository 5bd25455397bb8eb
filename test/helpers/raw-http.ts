import { connect, type Socket } from 'node:net';
import { SUBPROTOCOL } from '../../shared/wire.ts';

/** A connection as bytes, for what no client would send, or would not stop at. */
export interface Connection {
  socket: Socket;
  /** All that has come back, as latin1. */
  received: string;
  isClosed: boolean;
  close(): void;
}

/** @param bytes what is sent first. */
export function dial(port: number, bytes = ''): Connection {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  const connection: Connection = { socket, received: '', isClosed: false, close: () => socket.destroy() };
  socket.on('data', (text) => {
    connection.received += text;
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    connection.isClosed = true;
  });
  if (bytes !== '') socket.write(bytes);
  return connection;
}

/** The upgrade of a WebSocket; the key is the sample of RFC 6455. */
export function upgradeRequest(path: string, headers: readonly string[] = []): string {
  const lines = [
    'Host: x',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    `Sec-WebSocket-Protocol: ${SUBPROTOCOL}`,
    ...headers,
  ];
  return `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}
