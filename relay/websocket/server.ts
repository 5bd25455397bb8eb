import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { CLOSE, type CloseReason } from '../../shared/close-codes.ts';
import type { Logger } from '../../shared/log.ts';
import { SUBPROTOCOL } from '../../shared/wire.ts';
import type { ClientInfoOf } from '../access/client-info.ts';
import { securityHeaders } from '../http/browsers/security-headers.ts';
import { allowFrames, limitFrames } from '../rate-limits/frame-limit.ts';
import type { PendingConnections } from '../rate-limits/pending-connections.ts';
import { webSocketRefusal } from '../refusals/closes.ts';
import { noteHandshake, refuseUpgrade } from '../refusals/refuse-upgrade.ts';
import { closeWebSocket } from '../session/close-web-socket.ts';
import { gatherWrites } from '../session/gather-writes.ts';
import type { Session } from '../session/session.ts';
import { type NativeConnection, NativeDesktop, type NativeSessionDeps } from './adapter.ts';
import type { WebSocketLimits } from './limits.ts';

export interface NativeServerDeps extends NativeSessionDeps {
  pendingConnections: Pick<PendingConnections, 'remove'>;
  clientInfoOf: ClientInfoOf;
}

/** The path of the native protocol. */
export const NATIVE_PATH = '/ws';

export interface NativeServer {
  /** Takes the upgrade of an allowed origin at {@link NATIVE_PATH}. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Of every open connection. */
  sessions(): Iterable<Session>;
}

/** The native WebSocket protocol of `shared/wire.ts`. */
export function createNativeServer(deps: NativeServerDeps): NativeServer {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: deps.limits.firstFramesMaxBytes,
    perMessageDeflate: false, // a compressor for each desktop would be most of the relay's memory
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  const open = new Map<WebSocket, Session>();

  server.on('headers', (lines, request) => {
    for (const [name, value] of Object.entries(securityHeaders(request.headers)))
      lines.push(`${name}: ${value}`);
  });
  server.on('connection', (socket, request) => {
    const { socket: tcp } = request;
    const admitted = () => {
      deps.pendingConnections.remove(tcp);
      allowFrames(socket, deps.limits.inboundFrameMaxBytes);
    };
    const desktop = new NativeDesktop(
      nativeConnection(socket, admitted, deps.logger),
      deps.clientInfoOf(request),
      deps,
    );
    const { session } = desktop;
    const stopPinging = keepAlive(socket, deps.webSocketLimits, () => session.close(CLOSE.silent));
    open.set(socket, session);
    const allowanceOf = () => session.allowance;
    limitFrames(socket, deps.limits.frameRate, allowanceOf, () => session.close(CLOSE.flooded));
    socket.on('message', (data, isBinary) => desktop.receive(isBinary ? '' : String(data)));
    // ws closes by itself after an error, with the code that the error calls for.
    socket.on('error', (err) => session.noteRefusal(webSocketRefusal(err)));
    socket.on('close', () => {
      stopPinging();
      desktop.streams?.close();
      session.end();
      open.delete(socket);
    });
  });

  return {
    upgrade(request, socket, head) {
      const offered = request.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim());
      if (!offered?.includes(SUBPROTOCOL)) return refuseUpgrade(request, socket, 'upgrade-subprotocol', deps);
      noteHandshake(request, deps);
      server.handleUpgrade(request, socket, head, (webSocket) =>
        server.emit('connection', webSocket, request),
      );
    },
    sessions: () => open.values(),
  };
}

function nativeConnection(socket: WebSocket, admitted: () => void, logger: Logger): NativeConnection {
  return {
    admitted,
    get waitingBytes() {
      return socket.bufferedAmount;
    },
    get isOpen() {
      return socket.readyState === socket.OPEN;
    },
    send(data) {
      if (socket.readyState !== socket.OPEN) return;
      gatherWrites(socket);
      socket.send(data, { binary: false });
    },
    close(reason: CloseReason) {
      if (socket.readyState === socket.OPEN) logger.info(reason, 'closing a socket');
      closeWebSocket(socket, reason);
    },
  };
}

/** Pings, and calls `onSilent` when no answer comes; returns what ends it. */
function keepAlive(
  socket: WebSocket,
  { pingEveryMs, pongTimeoutMs }: WebSocketLimits,
  onSilent: () => void,
): () => void {
  let deadline: NodeJS.Timeout | undefined;
  const ping = () => {
    socket.ping();
    deadline = setTimeout(onSilent, pongTimeoutMs);
  };
  // The first somewhere in the first interval, so that a thousand desktops that came back at once do not beat in step.
  let timer = setTimeout(ping, pingEveryMs * Math.random());
  socket.on('pong', () => {
    clearTimeout(deadline);
    clearTimeout(timer);
    timer = setTimeout(ping, pingEveryMs);
  });
  return () => {
    clearTimeout(timer);
    clearTimeout(deadline);
  };
}
