import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import { Server } from 'socket.io';
import type { Tokens } from '../auth/jwt.ts';
import { SECURITY_HEADERS } from '../http/security-headers.ts';
import { type Closable, type ConnectionAge, limitAge } from '../lifecycle.ts';
import { AUTH_TIMEOUT_MS, INBOUND_FRAME_MAX_BYTES } from '../limits.ts';
import { originCheck } from '../origins.ts';
import { releaseRequest } from './engine-connection.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import { type DesktopDeps, type DesktopServer, SocketIoDesktop } from './socket-io-desktop.ts';

export interface SocketIoDeps extends DesktopDeps {
  tokens: Tokens;
  /** See `origins.ts`; `undefined` for any origin. */
  allowedOrigins: readonly string[] | undefined;
  connectionAge?: ConnectionAge | undefined;
  /** Whether new connections are refused with 503. */
  isDraining(): boolean;
}

export interface SocketIoServer {
  /** Tries a connection; `gone` also when there is none of this id. */
  probe(connection: string): Promise<'alive' | 'gone'>;
  /** Every connected desktop. */
  desktops(): Iterable<Closable>;
  /** Disconnects every desktop; resolves when their places are written. */
  close(): Promise<void>;
}

/** The path that belongs to Socket.IO. */
export const SOCKET_IO_PATH = '/socket.io/';

const DRAINING = 'The relay is shutting down.';

/** A request as Engine.IO's middleware gets it. */
type EngineRequest = IncomingMessage & { _query: Record<string, string> };

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
    maxHttpBufferSize: INBOUND_FRAME_MAX_BYTES,
    connectTimeout: AUTH_TIMEOUT_MS,
    cors: {
      origin: (origin, done) => done(null, isAllowed(origin)),
      credentials: deps.allowedOrigins !== undefined,
    },
    // CORS does not cover the upgrade to WebSocket, which browsers let any page ask for.
    allowRequest: (request, done) => done(null, isAllowed(request.headers.origin)),
  });
  io.engine.on('headers', (headers: Record<string, string>) => Object.assign(headers, SECURITY_HEADERS));
  io.engine.use((request: EngineRequest, response: ServerResponse, next: () => void) => {
    const isNew = request._query.sid === undefined;
    if (request.headers.upgrade) releaseRequest(response);
    if (!isNew || !deps.isDraining()) next();
    else if (request.headers.upgrade) refuseUpgrade(request.socket, '503 Service Unavailable', DRAINING);
    else response.writeHead(503, { 'Content-Type': 'application/json' }).end(`{"message":"${DRAINING}"}\n`);
  });
  io.use((socket, next) => {
    const verdict = deps.tokens.verify(socket.handshake.auth.token);
    const claims = deps.sessions.admit(verdict);
    if (claims) {
      socket.data.claims = claims;
      // The token has had its use; with the headers it would stay in memory as long as the connection is open.
      Object.assign(socket.handshake, { auth: {}, headers: {} });
      next();
    } else {
      deps.logger.info({ fault: verdict.valid ? undefined : verdict.fault }, 'socket refused');
      next(new Error(REFUSED));
    }
  });
  io.on('connection', (socket) => {
    const desktop = new SocketIoDesktop(socket, deps);
    const cancelAge = limitAge(desktop, deps.connectionAge);
    desktops.set(socket.id, desktop);
    void desktop.ended.then(() => {
      cancelAge();
      desktops.delete(socket.id);
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
