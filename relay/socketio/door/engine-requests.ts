import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'socket.io';
import { securityHeaders } from '../../http/browsers/security-headers.ts';
import type { ConnectionGuard } from '../../http/connection-guard.ts';
import type { RefusalReason } from '../../refusals/reasons.ts';
import { answerUpgrade, noteConnect, noteHandshake } from '../../refusals/refuse-upgrade.ts';

/** A request as Engine.IO's middleware gets it. */
type EngineRequest = IncomingMessage & { _query: Record<string, string> };

/** What a middleware answers through. For an upgrade it is an object of Engine.IO's own that answers nothing. */
type EngineResponse = ServerResponse | { req: unknown };

/** What Engine.IO says of a request that it refuses by itself. */
interface ConnectionError {
  req: IncomingMessage;
  code: number;
  message: string;
}

interface Refusal {
  reason: RefusalReason;
  status: string;
  message: string;
}

/** What is answered in Engine.IO's place. */
export const ENGINE_REFUSALS = {
  origin: { reason: 'origin', status: '403 Forbidden', message: 'This origin is not allowed.' },
  draining: { reason: 'draining', status: '503 Service Unavailable', message: 'The relay is shutting down.' },
  method: {
    reason: 'engine-method',
    status: '405 Method Not Allowed',
    message: 'The method is not allowed here.',
  },
  transport: {
    reason: 'engine-transport',
    status: '400 Bad Request',
    message: 'A WebSocket is opened with an upgrade.',
  },
  upgrade: {
    reason: 'engine-request',
    status: '400 Bad Request',
    message: 'An upgrade is for the transport websocket.',
  },
  version: {
    reason: 'engine-version',
    status: '400 Bad Request',
    message: 'Expected EIO=4: socket.io-client 3 or newer.',
  },
  jsonp: { reason: 'engine-jsonp', status: '400 Bad Request', message: 'JSONP is not supported.' },
} as const satisfies Record<string, Refusal>;

/** By the codes of what Engine.IO refuses by itself. Source: `errors` of its server. */
const BY_CODE: Readonly<Record<number, RefusalReason>> = {
  0: 'engine-transport',
  1: 'engine-session',
  2: 'engine-method',
  3: 'engine-request',
  5: 'engine-version',
};

const UNKNOWN_SESSION =
  'the session is unknown: with several relays, desktops need session affinity or transports: ["websocket"]';

/** Of long polling; OPTIONS is answered before. */
const METHODS = new Set<string | undefined>(['GET', 'POST']);

/** Judges every HTTP request and upgrade for Socket.IO before Engine.IO sees it, and sets the security headers. */
export function judgeEngineRequests(
  engine: Server['engine'],
  guard: ConnectionGuard,
  bodyMaxBytes: number,
): void {
  engine.on('connection_error', ({ req, code, message }: ConnectionError) =>
    noteConnect(req, BY_CODE[code] ?? 'engine-request', code === 1 ? UNKNOWN_SESSION : message, guard),
  );
  engine.on('headers', (headers: Record<string, string>, request: EngineRequest) =>
    Object.assign(headers, securityHeaders(request.headers)),
  );
  engine.use((request: EngineRequest, response: EngineResponse, next: () => void) => {
    const isUpgrade = !(response instanceof ServerResponse);
    const refusal = refusalOf(request, isUpgrade, guard);
    if (refusal !== undefined) noteConnect(request, refusal.reason, refusal.message, guard);
    if (isUpgrade) {
      releaseRequest(response);
      if (refusal !== undefined)
        return answerUpgrade(request, request.socket, refusal.status, refusal.message);
      noteHandshake(request, guard);
      return next();
    }
    // Also on refusals, which do not come to the event above.
    for (const [name, value] of Object.entries(securityHeaders(request.headers)))
      response.setHeader(name, value);
    guard.pendingConnections.remove(request.socket);
    // Pages with socket.io-client 2 ask with credentials. Without this the browser would speak of CORS, and hide the answer.
    if (refusal === ENGINE_REFUSALS.version) response.setHeader('Access-Control-Allow-Credentials', 'true');
    if (refusal !== undefined) return refuse(response, refusal);
    if (isLong(request, bodyMaxBytes)) noteTooLarge(request, response, guard);
    next();
  });
}

/**
 * Lets go of the request in what stands for the response to an upgrade, for the last of the engine's middlewares: it
 * lives as long as the connection.
 */
function releaseRequest(response: { req: unknown }): void {
  response.req = null;
}

function refusalOf(
  request: EngineRequest,
  isUpgrade: boolean,
  { isAllowedOrigin, isDraining }: ConnectionGuard,
): Refusal | undefined {
  // Also of an upgrade, which browsers let any page ask for, CORS or no CORS.
  if (!isAllowedOrigin(request.headers.origin)) return ENGINE_REFUSALS.origin;
  const isNew = request._query.sid === undefined;
  if (isNew && isDraining()) return ENGINE_REFUSALS.draining;
  // Engine.IO itself would first accept an upgrade, and then write an HTTP answer into the WebSocket.
  if (isNew && request._query.EIO !== '4') return ENGINE_REFUSALS.version;
  // Engine.IO itself would accept it, and close it without a word.
  if (isUpgrade) return request._query.transport === 'polling' ? ENGINE_REFUSALS.upgrade : undefined;
  if (request._query.j !== undefined) return ENGINE_REFUSALS.jsonp;
  // Engine.IO itself answers a session with 500, as if the relay had failed.
  if (!METHODS.has(request.method)) return ENGINE_REFUSALS.method;
  // Engine.IO itself would leave it without an answer for as long as its session is a WebSocket.
  return request._query.transport === 'websocket' ? ENGINE_REFUSALS.transport : undefined;
}

function refuse(response: ServerResponse, { status, message }: Refusal): void {
  const code = Number.parseInt(status, 10);
  if (code === 405) response.setHeader('allow', 'GET, POST, OPTIONS');
  response.writeHead(code, { 'Content-Type': 'application/json' }).end(`${JSON.stringify({ message })}\n`);
}

/** Whether a body may be longer than a session takes; Engine.IO answers that with 413 and says nothing else of it. */
function isLong({ method, headers }: IncomingMessage, maxBytes: number): boolean {
  return method === 'POST' && !(Number(headers['content-length']) <= maxBytes);
}

function noteTooLarge(request: IncomingMessage, response: ServerResponse, guard: ConnectionGuard): void {
  response.once('finish', () => {
    if (response.statusCode === 413) noteConnect(request, 'frame-too-large', undefined, guard);
  });
}
