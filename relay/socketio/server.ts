import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import { WebSocketServer } from 'ws';
import { CLOSE } from '../../shared/close-codes.ts';
import type { ConnectionGuard } from '../http/connection-guard.ts';
import type { Tokens } from '../identity/tokens.ts';
import { limitEvents, limitFrames } from '../rate-limits/frame-limit.ts';
import { type RefusalRecord, recordRefusal } from '../rate-limits/record-refusal.ts';
import { tcpOf } from '../session/gather-writes.ts';
import type { Session } from '../session/session.ts';
import { SocketIoDesktop, type SocketIoSessionDeps } from './adapter.ts';
import { connectFault } from './door/connect-fault.ts';
import { EngineCloses } from './door/engine-closes.ts';
import { judgeEngineRequests } from './door/engine-requests.ts';
import { CONNECT_REFUSALS, judgeConnects, releaseAtClose } from './door/judge-connects.ts';
import { packetParser } from './door/packet-parser.ts';
import { allowMessages, boundClose, closeEngine, onWebSocket } from './engine-connection.ts';
import type { SocketIoLimits } from './limits.ts';
import type { DesktopServer, DesktopSocket } from './messages.ts';

export interface SocketIoDeps extends SocketIoSessionDeps, RefusalRecord, ConnectionGuard {
  tokens: Pick<Tokens, 'verifyRefreshingKeys'>;
  /** Whether pages may send credentials; see `http/cors.ts`. */
  allowsCredentials: boolean;
  socketIoLimits: SocketIoLimits;
}

export interface SocketIoServer {
  /** Of every connected desktop. */
  sessions(): Iterable<Session>;
  /** Disconnects every desktop; resolves when their resume points are written. */
  close(): Promise<void>;
}

/** The path that belongs to Socket.IO. */
export const SOCKET_IO_PATH = '/socket.io/';

/**
 * Socket.IO 4 at `/socket.io/`, for every existing desktop. It only carries: Socket.IO's rooms and its connection
 * state recovery stay unused, because a recovered socket is sent what it missed before it is in its rooms again, and
 * what is published between the two is lost.
 */
export function attachSocketIo(server: HttpServer, deps: SocketIoDeps): SocketIoServer {
  const { limits, socketIoLimits, pendingConnections, isAllowedOrigin } = deps;
  const sessions = new Map<string, Session>();
  const sessionOf = new WeakMap<object, Session>();
  let connects = 0;
  const io: DesktopServer = new Server(server, {
    serveClient: false,
    destroyUpgrade: false, // the other upgrades are upgrade.ts's
    // The version that package.json names: it ends a connection for which 60 pongs wait to be sent.
    wsEngine: WebSocketServer,
    maxHttpBufferSize: limits.firstFramesMaxBytes,
    parser: packetParser(deps.refusals),
    connectTimeout: limits.authTimeoutMs,
    pingInterval: socketIoLimits.heartbeatMs,
    cors: {
      origin: (origin, done) => done(null, isAllowedOrigin(origin)),
      credentials: deps.allowsCredentials,
    },
  });
  judgeEngineRequests(io.engine, deps, limits.firstFramesMaxBytes);
  const closes = new EngineCloses(deps, (engine) => sessionOf.get(engine), limits.authTimeoutMs);

  /** Lets a desktop in, with the claims of its token; or resolves with why not. */
  async function admit(socket: DesktopSocket) {
    const client = deps.clientInfoOf(socket.request);
    const { auth, headers } = socket.handshake;
    const request = { auth, userAgent: headers['user-agent'], origin: headers.origin, number: ++connects };
    const verdict = await deps.tokens.verifyRefreshingKeys(auth.token);
    // The token has had its use; with the headers it would stay in memory as long as the connection is open.
    Object.assign(socket.handshake, { auth: {}, headers: {} });
    const claims = await deps.tokenSessions.admit(verdict);
    if (claims === undefined) {
      await recordRefusal(deps, client, connectFault(verdict, auth.token), verdict.claims);
      return CONNECT_REFUSALS.token;
    }
    const allowance = deps.agents.connect(claims);
    if (allowance === undefined) {
      deps.meter?.closing(CLOSE['too-many-connections']);
      deps.refusals.note('limit-connections', { refused: 'connection', agent: claims, client });
      return CONNECT_REFUSALS.tooMany;
    }
    releaseAtClose(socket, allowance);
    const arrival = deps.resume.arrive(request, claims, client);
    Object.assign(socket.data, { claims, client, arrival, allowance });
    // Socket.IO puts it into its answer to CONNECT; its types keep the field private.
    Object.assign(socket, { pid: arrival.pid });
    return undefined;
  }
  const onRefused = (engine: DesktopSocket['conn']) => closes.settled(engine);
  judgeConnects(io, { ...deps, attemptsMax: socketIoLimits.connectAttemptsMax, admit, onRefused });
  io.engine.on('connection', (engine: DesktopSocket['conn']) => {
    const flooded = () => {
      const session = sessionOf.get(engine);
      if (session) return session.close(CLOSE.flooded);
      closes.note(engine, 'limit-frames');
      closeEngine(engine, CLOSE.flooded);
    };
    closes.watch(engine);
    const allowanceOf = () => sessionOf.get(engine)?.allowance;
    onWebSocket(engine, (webSocket) => limitFrames(webSocket, limits.frameRate, allowanceOf, flooded));
    if (engine.transport.name === 'websocket') return; // it is its TCP connection that counts
    // After an upgrade its frames count.
    const ofPolling = () => (engine.transport.name === 'polling' ? allowanceOf() : undefined);
    limitEvents(engine, ['packet'], limits.frameRate, ofPolling, flooded);
    pendingConnections.add(engine, () => engine.close(true));
    engine.once('close', () => pendingConnections.remove(engine));
    boundClose(engine.transport, socketIoLimits.pollingCloseMs);
  });
  io.on('connection', (socket) => {
    pendingConnections.remove(socket.conn);
    closes.settled(socket.conn);
    allowMessages(socket.conn, limits.inboundFrameMaxBytes);
    onWebSocket(socket.conn, (webSocket) => pendingConnections.remove(tcpOf(webSocket)));
    const { session } = new SocketIoDesktop(socket, deps);
    sessions.set(socket.id, session);
    sessionOf.set(socket.conn, session);
    void session.ended.then(() => {
      sessions.delete(socket.id);
      // One that only left the namespace would stay, without a token, for as long as it answers pings.
      socket.conn.close(true);
    });
  });

  return {
    sessions: () => sessions.values(),
    close: async () => {
      const ended = [...sessions.values()].map((session) => session.ended);
      await io.close();
      await Promise.all(ended);
    },
  };
}
