import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { SUBPROTOCOL } from '../../shared/wire.ts';
import { securityHeaders } from '../http/browsers/security-headers.ts';
import type { RefusalReason } from './reasons.ts';
import type { RefusalDetails, RefusalLog } from './refusals.ts';

/** What upgrades of the native protocol are answered with. */
export const UPGRADE_ANSWERS = {
  'upgrade-path': ['404 Not Found', 'Not found.'],
  draining: ['503 Service Unavailable', 'The relay is shutting down.'],
  // Browsers let any page ask for a WebSocket; its origin is all that tells whose page it is.
  origin: ['403 Forbidden', 'This origin is not allowed.'],
  'upgrade-subprotocol': ['400 Bad Request', `expected the WebSocket subprotocol ${SUBPROTOCOL}`],
} as const satisfies Partial<Record<RefusalReason, readonly [status: string, message: string]>>;

/** Where refused connections are noted. */
export interface UpgradeRefusals {
  refusals: RefusalLog;
  clientInfoOf(request: IncomingMessage): RefusalDetails['client'];
}

/** Answers an upgrade with an HTTP error, ends its connection and notes it. */
export function refuseUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  reason: keyof typeof UPGRADE_ANSWERS,
  deps: UpgradeRefusals,
): void {
  const [status, outcome] = UPGRADE_ANSWERS[reason];
  noteConnect(request, reason, outcome, deps);
  answerUpgrade(request, socket, status, outcome);
}

/** Notes a refused connection whose token nobody has looked at. */
export function noteConnect(
  request: IncomingMessage,
  reason: RefusalReason,
  outcome: string | undefined,
  { refusals, clientInfoOf }: UpgradeRefusals,
): void {
  // What the trace of a conversation lists of origins has a name of its own.
  const refused = reason === 'origin' ? 'origin' : 'upgrade';
  const origin = reason === 'origin' ? request.headers.origin : undefined;
  refusals.note(reason, { refused, outcome, origin, client: clientInfoOf(request) });
}

/** Answers an upgrade with an HTTP error and ends its connection. */
export function answerUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  status: string,
  message: string,
): void {
  socket.on('error', () => socket.destroy());
  // A peer that never ends its own half would keep the connection, and with it the server, open for ever.
  socket.once('finish', () => socket.destroy());
  const body = `${JSON.stringify({ message })}\n`;
  const headers = {
    connection: 'close',
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...securityHeaders(request.headers),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${body}`);
}

/** 16 bytes in Base64. Source: RFC 6455, section 4.1. */
const KEY = /^[+/0-9A-Za-z]{22}==$/;
/** Names of subprotocols with commas in between. Source: RFC 6455, section 4.1; RFC 7230, section 3.2.6. */
const SUBPROTOCOLS = /^[\w!#$%&'*+.^`|~-]+(?:[\t ]*,[\t ]*[\w!#$%&'*+.^`|~-]+)*$/;
/** Versions that ws takes; 8 is a draft that differs in nothing that matters here. */
const VERSIONS = [8, 13];

/** Notes an upgrade that ws is going to refuse by itself. */
export function noteHandshake(request: IncomingMessage, deps: UpgradeRefusals): void {
  const { method, headers } = request;
  const isWhole =
    method === 'GET' &&
    KEY.test(headers['sec-websocket-key'] ?? '') &&
    areSubprotocols(headers['sec-websocket-protocol']);
  const isKnown = VERSIONS.includes(Number(headers['sec-websocket-version']));
  if (!isWhole) noteConnect(request, 'upgrade-malformed', undefined, deps);
  else if (!isKnown) noteConnect(request, 'upgrade-version', undefined, deps);
}

/** ws takes each name once. */
function areSubprotocols(header: string | undefined): boolean {
  if (header === undefined) return true;
  const names = header.split(',').map((name) => name.trim());
  return SUBPROTOCOLS.test(header) && new Set(names).size === names.length;
}
