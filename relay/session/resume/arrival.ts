import { createHash } from 'node:crypto';
import type { Claims } from '../../identity/claims.ts';
import { type OffsetEntry, parseOffset } from './offset.ts';
import { firstStayOf, issuePid, newPage, readPid } from './pid.ts';

/** Which desktops are sent offsets. A Python handler with one parameter fails when an event has two arguments. */
export type SocketIoOffsets = 'browsers' | 'all' | 'off';

/** What a Socket.IO CONNECT and its HTTP request tell. */
export interface ConnectRequest {
  /** What the client and its page put into `auth`. */
  auth: Record<string, unknown>;
  userAgent: string | undefined;
  origin: string | undefined;
  /** Rises with each CONNECT of this relay, in the order in which they come. */
  number: number;
}

/** Which page a connection belongs to, as far as its CONNECT tells. */
export interface Arrival {
  page: string;
  /** That of its CONNECT. */
  number: number;
  /** For the answer to CONNECT. */
  pid: string;
  /** Rises with every connection whose answer the page has got. */
  count: number;
  /** Whether the page has shown a `pid`, so that it was connected before. */
  isBack: boolean;
  /** Whether its `pid` was given to another subject. */
  isForeign: boolean;
  /** How offsets name the page's first stay in a conversation. */
  firstStay: string;
  /** What the page's handlers have taken, by the tag of each conversation. */
  offset: ReadonlyMap<string, OffsetEntry> | undefined;
  sendsOffsets: boolean;
  /** The name of all pages with this token and `User-Agent`. None for python-socketio, whose ids identify nothing. */
  twins: string | undefined;
}

const BROWSER = 'Mozilla/';
/** `python-requests/…` over long polling, `Python/… aiohttp/…` of its asynchronous client. */
const PYTHON = /^python/i;

export function readArrival(
  { auth, userAgent, origin, number }: ConnectRequest,
  { subject, tokenId }: Pick<Claims, 'subject' | 'tokenId'>,
  offsets: SocketIoOffsets,
): Arrival {
  const verdict = readPid(auth.pid, subject);
  const isBack = verdict.kind === 'page';
  const isBrowser = userAgent?.startsWith(BROWSER) ?? false;
  // python-socketio counts the ids of each connection from 1. Over WebSocket it alone sends an Origin and no User-Agent.
  const isPython = userAgent === undefined ? origin !== undefined : PYTHON.test(userAgent);
  const twins = createHash('sha256')
    .update(`${tokenId}\n${userAgent ?? ''}`)
    .digest('base64url');
  const isForeign = verdict.kind === 'foreign';
  const page = isBack ? verdict.page : newPage({ isTakenOver: isForeign });
  const count = isBack ? verdict.count + 1 : 0;
  return {
    page,
    number,
    pid: issuePid(page, subject, count),
    count,
    isBack,
    isForeign,
    firstStay: firstStayOf(page),
    offset: isBack ? parseOffset(auth.offset) : undefined,
    sendsOffsets: offsets === 'all' || (offsets === 'browsers' && isBrowser),
    twins: isPython ? undefined : twins,
  };
}
