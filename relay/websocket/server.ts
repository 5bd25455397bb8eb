import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { CLOSE, type CloseReason } from '../../shared/close-codes.ts';
import { SUBPROTOCOL } from '../../shared/wire.ts';
import type { SourceOf } from '../access/client-info.ts';
import type { Newcomers } from '../http/pending-connections.ts';
import { refuseUpgrade } from '../http/refuse-upgrade.ts';
import { securityHeaders } from '../http/security-headers.ts';
import {
  BACKLOG_MAX_BYTES,
  FRAME_RATE,
  INBOUND_FRAME_MAX_BYTES,
  PING_EVERY_MS,
  PONG_TIMEOUT_MS,
} from '../limits.ts';
import { type BucketRate, TokenBucket } from '../rate-limits/token-bucket.ts';
import { closeWebSocket } from '../session/close-web-socket.ts';
import { type Closable, limitAge } from '../session/lifecycle.ts';
import type { Revocable } from '../session/revocable.ts';
import { type NativeDeps, NativeSession } from './adapter.ts';
import type { NativeConnection } from './native-connection.ts';

export interface NativeServerDeps extends NativeDeps {
  newcomers: Pick<Newcomers, 'remove'>;
  sourceOf: SourceOf;
  pingEveryMs?: number;
  pongTimeoutMs?: number;
  frameRate?: BucketRate;
}

/** The path of the native protocol. */
export const NATIVE_PATH = '/ws';

export interface NativeServer {
  /** Takes the upgrade of an allowed origin at {@link NATIVE_PATH}. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Every open connection. */
  connections(): Iterable<Closable & Revocable>;
}

/** The native WebSocket protocol of `shared/wire.ts`. */
export function createNativeServer(deps: NativeServerDeps): NativeServer {
  const { pingEveryMs = PING_EVERY_MS, pongTimeoutMs = PONG_TIMEOUT_MS, frameRate = FRAME_RATE } = deps;
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: INBOUND_FRAME_MAX_BYTES,
    perMessageDeflate: false, // a compressor for each desktop would be most of the relay's memory
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  const open = new Map<WebSocket, NativeSession>();

  server.on('headers', (lines, request) => {
    for (const [name, value] of Object.entries(securityHeaders(request.headers)))
      lines.push(`${name}: ${value}`);
  });
  server.on('connection', (socket, request) => {
    const { socket: tcp } = request;
    const connection = new Connection(socket, {
      admitted: () => deps.newcomers.remove(tcp),
      closing: (reason) => {
        deps.logger.info(reason, 'closing a socket');
        deps.meter?.closing(reason);
        session.closed();
      },
    });
    const session = new NativeSession(connection, deps.sourceOf(request), deps);
    const stopPinging = keepAlive(socket, pingEveryMs, pongTimeoutMs, () => connection.close(CLOSE.silent));
    const cancelAge = limitAge(session);
    open.set(socket, session);
    const frames = new TokenBucket(frameRate);
    socket.on('message', (data, isBinary) => {
      if (frames.take()) session.receive(isBinary ? '' : String(data));
      else session.close(CLOSE.flooded);
    });
    // ws closes by itself after an error, with the code that the error calls for.
    socket.on('error', (err) => deps.logger.debug({ err }, 'socket error'));
    socket.on('close', () => {
      stopPinging();
      cancelAge();
      session.closed();
      open.delete(socket);
    });
  });

  return {
    upgrade(request, socket, head) {
      const offered = request.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim());
      if (!offered?.includes(SUBPROTOCOL)) {
        const message = `expected the WebSocket subprotocol ${SUBPROTOCOL}`;
        return refuseUpgrade(request, socket, '400 Bad Request', message);
      }
      server.handleUpgrade(request, socket, head, (webSocket) =>
        server.emit('connection', webSocket, request),
      );
    },
    connections: () => open.values(),
  };
}

/** A WebSocket that closes instead of letting a slow desktop's events pile up. */
class Connection implements NativeConnection {
  readonly admitted: () => void;
  readonly #socket: WebSocket;
  readonly #onClosing: (reason: CloseReason) => void;

  /** `closing` is called when this side begins to close: nothing that is sent from then on goes anywhere. */
  constructor(socket: WebSocket, on: { admitted: () => void; closing: (reason: CloseReason) => void }) {
    this.#socket = socket;
    this.admitted = on.admitted;
    this.#onClosing = on.closing;
  }

  get waitingBytes(): number {
    return this.#socket.bufferedAmount;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  send(data: string | Buffer): void {
    if (!this.isOpen) return;
    if (this.waitingBytes > BACKLOG_MAX_BYTES) this.close(CLOSE.slow);
    else this.#socket.send(data, { binary: false });
  }

  close(reason: CloseReason): void {
    if (this.isOpen) this.#onClosing(reason);
    closeWebSocket(this.#socket, reason);
  }
}

/** Pings, and calls `onSilent` when no answer comes; returns what ends it. */
function keepAlive(socket: WebSocket, everyMs: number, timeoutMs: number, onSilent: () => void): () => void {
  let deadline: NodeJS.Timeout | undefined;
  const ping = () => {
    socket.ping();
    deadline = setTimeout(onSilent, timeoutMs);
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
