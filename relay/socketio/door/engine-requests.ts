import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'socket.io';
import type { Logger } from '../../../shared/log.ts';
import { ThrottledCountLog } from '../../../shared/throttled-count-log.ts';
import { securityHeaders } from '../../http/browsers/security-headers.ts';
import { type ConnectionGuard, refuseUpgrade } from '../../http/refuse-upgrade.ts';

/** A request as Engine.IO's middleware gets it. */
type EngineRequest = IncomingMessage & { _query: Record<string, string> };

/** What a middleware answers through. For an upgrade it is an object of Engine.IO's own that answers nothing. */
type EngineResponse = ServerResponse | { req: unknown };

interface Refusal {
  status: string;
  message: string;
}

/** What is answered in Engine.IO's place; to an upgrade only the first two. */
export const ENGINE_REFUSALS = {
  origin: { status: '403 Forbidden', message: 'This origin is not allowed.' },
  draining: { status: '503 Service Unavailable', message: 'The relay is shutting down.' },
  method: { status: '405 Method Not Allowed', message: 'The method is not allowed here.' },
  transport: { status: '400 Bad Request', message: 'A WebSocket is opened with an upgrade.' },
  version: { status: '400 Bad Request', message: 'Expected EIO=4: socket.io-client 3 or newer.' },
  jsonp: { status: '400 Bad Request', message: 'JSONP is not supported.' },
} as const satisfies Record<string, Refusal>;

/** Engine.IO's code for a session that this relay does not have. */
const UNKNOWN_SESSION = 1;
const UNKNOWN_SESSION_REASON =
  'the session is unknown: with several relays, desktops need session affinity or transports: ["websocket"]';

/** Of long polling; OPTIONS is answered before. */
const METHODS = new Set<string | undefined>(['GET', 'POST']);

/**
 * Judges every HTTP request and upgrade for Socket.IO before Engine.IO sees it, and sets the security headers. Logs each
 * kind of refusal at most once a minute.
 */
export function judgeEngineRequests(
  engine: Server['engine'],
  guard: ConnectionGuard & { logger: Logger },
): void {
  const logs = new Map<string, ThrottledCountLog<'count'>>();
  const refused = (reason: string) => {
    const write = ({ count }: { count: number }) =>
      guard.logger.info({ reason, count }, 'requests of Socket.IO were refused');
    const log = logs.get(reason) ?? new ThrottledCountLog({ counted: ['count'], write, now: Date.now });
    logs.set(reason, log);
    log.count('count');
  };
  engine.on('connection_error', ({ code, message }: { code: number; message: string }) =>
    refused(code === UNKNOWN_SESSION ? UNKNOWN_SESSION_REASON : message),
  );
  engine.on('headers', (headers: Record<string, string>, request: EngineRequest) =>
    Object.assign(headers, securityHeaders(request.headers)),
  );
  engine.use((request: EngineRequest, response: EngineResponse, next: () => void) => {
    const isUpgrade = !(response instanceof ServerResponse);
    const refusal = refusalOf(request, isUpgrade, guard);
    if (refusal !== undefined) refused(refusal.message);
    if (isUpgrade) {
      releaseRequest(response);
      if (refusal === undefined) next();
      else refuseUpgrade(request, request.socket, refusal.status, refusal.message);
      return;
    }
    // Also on refusals, which do not come to the event above.
    for (const [name, value] of Object.entries(securityHeaders(request.headers)))
      response.setHeader(name, value);
    guard.pendingConnections.remove(request.socket);
    // Pages with socket.io-client 2 ask with credentials. Without this the browser would speak of CORS, and hide the answer.
    if (refusal === ENGINE_REFUSALS.version) response.setHeader('Access-Control-Allow-Credentials', 'true');
    if (refusal === undefined) next();
    else refuse(response, refusal);
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
  if (isUpgrade) return undefined;
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
