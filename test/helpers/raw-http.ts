import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
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

/** Sends bytes as they are (clients would normalise the path) and returns all that comes back. */
export async function exchange(port: number, bytes: string | Buffer): Promise<string> {
  const socket = await open(port);
  socket.write(bytes);
  return text(socket.setEncoding('latin1'));
}

export async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return socket;
}

/** One request as bytes; the server closes the connection after its answer. */
export function rawRequest(method: string, target: string, headers: string[] = [], body = ''): Buffer {
  const lines = [`${method} ${target} HTTP/1.1`, 'Host: relay.example', 'Connection: close', ...headers];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1');
}

export function statusOf(response: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(response)?.[1]);
}
