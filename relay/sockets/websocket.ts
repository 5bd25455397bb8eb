import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { CLOSE, type CloseReason } from '../../shared/close-codes.ts';
import { SUBPROTOCOL } from '../../shared/wire.ts';
import { BACKLOG_MAX_BYTES, INBOUND_FRAME_MAX_BYTES, PING_EVERY_MS, PONG_TIMEOUT_MS } from '../limits.ts';
import { type NativeDeps, NativeSession } from './native-session.ts';

export interface NativeServerDeps extends NativeDeps {
  pingEveryMs?: number;
  pongTimeoutMs?: number;
}

/** The path of the native protocol. */
export const NATIVE_PATH = '/ws';

/** How long a peer may take to answer a close, in milliseconds, before its connection is cut. */
const CLOSE_TIMEOUT_MS = 1_000;

export interface NativeServer {
  /** Takes the upgrade of an allowed origin at {@link NATIVE_PATH}. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Every open connection. */
  connections(): Iterable<{ send(data: string): void; close(reason: CloseReason): void }>;
}

/** The native WebSocket protocol of `shared/wire.ts`. */
export function createNativeServer(deps: NativeServerDeps): NativeServer {
  const { pingEveryMs = PING_EVERY_MS, pongTimeoutMs = PONG_TIMEOUT_MS } = deps;
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: INBOUND_FRAME_MAX_BYTES,
    perMessageDeflate: false, // a compressor for each desktop would be most of the relay's memory
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  const open = new Map<WebSocket, Connection>();

  server.on('connection', (socket) => {
    const connection = new Connection(socket);
    const session = new NativeSession(connection, deps);
    const stopPinging = keepAlive(socket, pingEveryMs, pongTimeoutMs);
    open.set(socket, connection);
    socket.on('message', (data, isBinary) => session.receive(isBinary ? '' : String(data)));
    // ws closes by itself after an error, with the code that the error calls for.
    socket.on('error', (err) => deps.logger.debug({ err }, 'socket error'));
    socket.on('close', () => {
      stopPinging();
      session.closed();
      open.delete(socket);
    });
  });

  return {
    upgrade(request, socket, head) {
      const offered = request.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim());
      if (!offered?.includes(SUBPROTOCOL)) {
        return refuseUpgrade(socket, '400 Bad Request', `expected the WebSocket subprotocol ${SUBPROTOCOL}`);
      }
      server.handleUpgrade(request, socket, head, (webSocket) =>
        server.emit('connection', webSocket, request),
      );
    },
    connections: () => open.values(),
  };
}

/** Answers an upgrade with an HTTP error and ends its connection. */
export function refuseUpgrade(socket: Duplex, status: string, message: string): void {
  socket.on('error', () => socket.destroy());
  const body = `${JSON.stringify({ message })}\n`;
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** A WebSocket that closes instead of letting a slow desktop's events pile up. */
class Connection {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  send(data: string | Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > BACKLOG_MAX_BYTES) this.close(CLOSE.slow);
    else this.#socket.send(data, { binary: false });
  }

  close({ code, reason }: CloseReason): void {
    this.#socket.close(code, reason);
    // The close frame stands behind all that a slow desktop has not read.
    setTimeout(() => this.#socket.terminate(), CLOSE_TIMEOUT_MS).unref();
  }
}

/** Pings, and cuts a connection that does not answer; returns what ends it. */
function keepAlive(socket: WebSocket, everyMs: number, timeoutMs: number): () => void {
  let deadline: NodeJS.Timeout | undefined;
  const ping = () => {
    socket.ping();
    // Nobody would read a close frame: the close code of a dead connection is 1006 on both sides.
    deadline = setTimeout(() => socket.terminate(), timeoutMs);
  };
  // The first somewhere in the first interval, so that a thousand desktops that came back at once do not beat in step.
  let timer = setTimeout(ping, everyMs * Math.random());
  socket.on('pong', () => {
    clearTimeout(deadline);
    clearTimeout(timer);
    timer = setTimeout(ping, everyMs);
  });
  return () => {
    clearTimeout(timer);
    clearTimeout(deadline);
  };
}
