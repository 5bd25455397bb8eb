import { type IncomingMessage, ServerResponse } from 'node:http';
import { type ConnectionGuard, refuseUpgrade } from '../http/refuse-upgrade.ts';
import { securityHeaders } from '../http/security-headers.ts';
import { releaseRequest } from './engine-connection.ts';
import type { DesktopServer } from './messages.ts';

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
} as const satisfies Record<string, Refusal>;

/** Of long polling; OPTIONS is answered before. */
const METHODS = new Set<string | undefined>(['GET', 'POST']);

/** Judges every HTTP request and upgrade for Socket.IO before Engine.IO sees it, and sets the security headers. */
export function judgeEngineRequests(engine: DesktopServer['engine'], guard: ConnectionGuard): void {
  engine.on('headers', (headers: Record<string, string>, request: EngineRequest) =>
    Object.assign(headers, securityHeaders(request.headers)),
  );
  engine.use((request: EngineRequest, response: EngineResponse, next: () => void) => {
    const isUpgrade = !(response instanceof ServerResponse);
    const refusal = refusalOf(request, isUpgrade, guard);
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
    if (refusal === undefined) next();
    else refuse(response, refusal);
  });
}

function refusalOf(
  request: EngineRequest,
  isUpgrade: boolean,
  { isAllowedOrigin, isDraining }: ConnectionGuard,
): Refusal | undefined {
  // Also of an upgrade, which browsers let any page ask for, CORS or no CORS.
  if (!isAllowedOrigin(request.headers.origin)) return ENGINE_REFUSALS.origin;
  if (request._query.sid === undefined && isDraining()) return ENGINE_REFUSALS.draining;
  if (isUpgrade) return undefined;
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
