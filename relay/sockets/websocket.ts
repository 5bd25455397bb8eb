import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { CLOSE, type CloseReason } from '../../shared/close-codes.ts';
import { SUBPROTOCOL } from '../../shared/wire.ts';
import { type Closable, limitAge } from '../lifecycle.ts';
import { BACKLOG_MAX_BYTES, INBOUND_FRAME_MAX_BYTES, PING_EVERY_MS, PONG_TIMEOUT_MS } from '../limits.ts';
import { type NativeConnection, type NativeDeps, NativeSession } from './native-session.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';

export interface NativeServerDeps extends NativeDeps {
  pingEveryMs?: number;
  pongTimeoutMs?: number;
}

/** The path of the native protocol. */
export const NATIVE_PATH = '/ws';

/** How long a peer may take to answer a close, in milliseconds, before its connection is cut. */
const CLOSE_TIMEOUT_MS = 1_000;
/** The same for a slow desktop, whose close frame stands behind all that it has not read. */
const SLOW_CLOSE_TIMEOUT_MS = 10_000;

export interface NativeServer {
  /** Takes the upgrade of an allowed origin at {@link NATIVE_PATH}. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Every open connection. */
  connections(): Iterable<Closable>;
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
  const open = new Map<WebSocket, NativeSession>();

  server.on('connection', (socket) => {
    const connection = new Connection(socket, (reason) => {
      deps.logger.info(reason, 'closing a socket');
      session.closed();
    });
    const session = new NativeSession(connection, deps);
    const stopPinging = keepAlive(socket, pingEveryMs, pongTimeoutMs, () => connection.close(CLOSE.silent));
    const cancelAge = limitAge(session);
    open.set(socket, session);
    socket.on('message', (data, isBinary) => session.receive(isBinary ? '' : String(data)));
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
        return refuseUpgrade(socket, '400 Bad Request', `expected the WebSocket subprotocol ${SUBPROTOCOL}`);
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
  readonly #socket: WebSocket;
  readonly #onClosing: (reason: CloseReason) => void;

  /** `onClosing` is called when this side begins to close: nothing that is sent from then on goes anywhere. */
  constructor(socket: WebSocket, onClosing: (reason: CloseReason) => void) {
    this.#socket = socket;
    this.#onClosing = onClosing;
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
    this.#socket.close(reason.code, reason.reason);
    const patience = reason === CLOSE.slow ? SLOW_CLOSE_TIMEOUT_MS : CLOSE_TIMEOUT_MS;
    setTimeout(() => this.#socket.terminate(), patience).unref();
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
