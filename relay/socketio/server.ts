import { type Server as HttpServer, type IncomingMessage, ServerResponse } from 'node:http';
import { Server } from 'socket.io';
import { WebSocketServer } from 'ws';
import { CLOSE } from '../../shared/close-codes.ts';
import type { SourceOf } from '../access/client-info.ts';
import { originCheck } from '../http/origins.ts';
import type { Newcomers } from '../http/pending-connections.ts';
import { refuseUpgrade } from '../http/refuse-upgrade.ts';
import { securityHeaders } from '../http/security-headers.ts';
import type { Tokens } from '../identity/tokens.ts';
import { AUTH_TIMEOUT_MS, FRAME_RATE, INBOUND_FRAME_MAX_BYTES } from '../limits.ts';
import { TokenBucket } from '../rate-limits/token-bucket.ts';
import { type Closable, type ConnectionAge, limitAge } from '../session/lifecycle.ts';
import { type NoteRefusalDeps, noteRefusal } from '../session/record-refusal.ts';
import type { ConnectionState } from '../session/resume/control-channel.ts';
import type { Revocable } from '../session/revocable.ts';
import { type DesktopDeps, SocketIoDesktop } from './adapter.ts';
import { Entrance } from './connect-attempts.ts';
import { boundClose, onTcpConnection, releaseRequest } from './engine-connection.ts';
import type { DesktopServer, DesktopSocket } from './messages.ts';

export interface SocketIoDeps extends DesktopDeps, NoteRefusalDeps {
  sourceOf: SourceOf;
  tokens: Tokens;
  newcomers: Newcomers;
  /** See `origins.ts`; `undefined` for any origin. */
  allowedOrigins: readonly string[] | undefined;
  connectionAge?: ConnectionAge | undefined;
  /** How often a heartbeat is asked for, in milliseconds; the default is Socket.IO's own. */
  heartbeatMs?: number | undefined;
  /** Whether new connections are refused with 503. */
  isDraining(): boolean;
}

export interface SocketIoServer {
  /** Tries a connection; `gone` also when there is none of this id. */
  probe(connection: string): Promise<ConnectionState>;
  /** Every connected desktop. */
  desktops(): Iterable<Closable & Revocable>;
  /** Disconnects every desktop; resolves when their places are written. */
  close(): Promise<void>;
}

/** The path that belongs to Socket.IO. */
export const SOCKET_IO_PATH = '/socket.io/';

const DRAINING = 'The relay is shutting down.';
const FOREIGN = 'This origin is not allowed.';
const NOT_ALLOWED = 'The method is not allowed here.';
const NO_UPGRADE = 'A WebSocket is opened with an upgrade.';

/** Of long polling; OPTIONS is answered before. */
const METHODS = new Set<string | undefined>(['GET', 'POST']);

/** A request as Engine.IO's middleware gets it. */
type EngineRequest = IncomingMessage & { _query: Record<string, string> };

/** What a middleware answers through; for an upgrade it is something of Engine.IO's that answers nothing. */
type EngineResponse = ServerResponse | { req: unknown };

/** The text a refused client finds in `connect_error`: the reference's, by which existing desktops know it. */
const REFUSED = 'authentication failed';

/**
 * Socket.IO 4 at `/socket.io/`, for every existing desktop. It only carries: Socket.IO's rooms and its connection
 * state recovery stay unused, because a recovered socket is sent what it missed before it is in its rooms again, and
 * what is published between the two is lost.
 */
export function attachSocketIo(server: HttpServer, deps: SocketIoDeps): SocketIoServer {
  const isAllowed = originCheck(deps.allowedOrigins);
  const desktops = new Map<string, SocketIoDesktop>();
  const io: DesktopServer = new Server(server, {
    serveClient: false,
    destroyUpgrade: false, // the other upgrades are upgrade.ts's
    // The version that package.json names: it ends a connection for which 60 pongs wait to be sent.
    wsEngine: WebSocketServer,
    maxHttpBufferSize: INBOUND_FRAME_MAX_BYTES,
    connectTimeout: AUTH_TIMEOUT_MS,
    ...(deps.heartbeatMs === undefined ? {} : { pingInterval: deps.heartbeatMs }),
    cors: {
      origin: (origin, done) => done(null, isAllowed(origin)),
      credentials: deps.allowedOrigins !== undefined,
    },
  });
  io.engine.on('headers', (headers: Record<string, string>, request: EngineRequest) =>
    Object.assign(headers, securityHeaders(request.headers)),
  );
  io.engine.use((request: EngineRequest, response: EngineResponse, next: () => void) => {
    // What stands for the response to an upgrade is none of Node's own.
    const isUpgrade = !(response instanceof ServerResponse);
    if (isUpgrade) {
      releaseRequest(response);
    } else {
      // On its refusals, too, which never come to the event above.
      for (const [name, value] of Object.entries(securityHeaders(request.headers)))
        response.setHeader(name, value);
      deps.newcomers.remove(request.socket);
    }
    // Also of an upgrade, which browsers let any page ask for, CORS or no CORS.
    if (!isAllowed(request.headers.origin)) {
      if (isUpgrade) refuseUpgrade(request, request.socket, '403 Forbidden', FOREIGN);
      else refuse(response, 403, FOREIGN);
    } else if (request._query.sid === undefined && deps.isDraining()) {
      if (isUpgrade) refuseUpgrade(request, request.socket, '503 Service Unavailable', DRAINING);
      else refuse(response, 503, DRAINING);
    } else if (!isUpgrade && !METHODS.has(request.method)) {
      // Engine.IO itself answers a session with 500, as if the relay had failed.
      response.setHeader('allow', 'GET, POST, OPTIONS');
      refuse(response, 405, NOT_ALLOWED);
    } else if (!isUpgrade && request._query.transport === 'websocket') {
      // Engine.IO itself would leave it without an answer for as long as its session is a WebSocket.
      refuse(response, 400, NO_UPGRADE);
    } else {
      next();
    }
  });

  /** Whether a desktop is let in, and with which claims. */
  async function admit(socket: DesktopSocket): Promise<boolean> {
    const source = deps.sourceOf(socket.request);
    const verdict = await deps.tokens.verifyAnew(socket.handshake.auth.token);
    // The token has had its use; with the headers it would stay in memory as long as the connection is open.
    Object.assign(socket.handshake, { auth: {}, headers: {} });
    const claims = await deps.sessions.admit(verdict);
    if (claims) Object.assign(socket.data, { claims, source });
    else await noteRefusal(deps, source, verdict.valid ? 'revoked' : verdict.fault);
    return claims !== undefined;
  }

  const entrance = new Entrance();
  io.use((socket, next) => {
    const refuse = () => {
      entrance.refused(socket.conn);
      next(new Error(REFUSED));
    };
    if (!entrance.take(socket.conn)) {
      next(new Error(REFUSED));
      socket.conn.close(true);
      return;
    }
    admit(socket).then(
      (isAdmitted) => (isAdmitted ? next() : refuse()),
      (err: unknown) => {
        deps.logger.error({ err }, 'a socket could not be judged');
        refuse();
      },
    );
  });
  io.engine.on('connection', (engine: DesktopSocket['conn']) => {
    if (engine.transport.name === 'websocket') return; // it is its TCP connection that counts
    deps.newcomers.add(engine, () => engine.close(true));
    engine.once('close', () => deps.newcomers.remove(engine));
    boundClose(engine.transport);
  });
  io.on('connection', (socket) => {
    deps.newcomers.remove(socket.conn);
    onTcpConnection(socket.conn, (connection) => deps.newcomers.remove(connection));
    const desktop = new SocketIoDesktop(socket, deps);
    const cancelAge = limitAge(desktop, deps.connectionAge);
    desktops.set(socket.id, desktop);
    const frames = new TokenBucket(FRAME_RATE);
    socket.conn.on('packet', () => {
      if (!frames.take()) desktop.close(CLOSE.flooded);
    });
    void desktop.ended.then(() => {
      cancelAge();
      desktops.delete(socket.id);
      // One that only left the namespace would stay, without a token, for as long as it answers pings.
      socket.conn.close(true);
    });
  });

  return {
    desktops: () => desktops.values(),
    probe: async (connection) => (await desktops.get(connection)?.probe()) ?? 'gone',
    close: async () => {
      const ended = [...desktops.values()].map((desktop) => desktop.ended);
      await io.close();
      await Promise.all(ended);
    },
  };
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(`${JSON.stringify({ message })}\n`);
}
