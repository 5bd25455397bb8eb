// Which headers pass the proxy, in both directions.
import type { IncomingHttpHeaders } from 'node:http';

export type Headers = Record<string, string | string[]>;

/**
 * What Dialogflow is sent. Of the client's headers only those that describe the body or choose the encoding of the
 * answer, and the trace: its token is ours alone, and `x-http-method-override` would undo the allow-list.
 */
export function upstreamHeaders(
  client: IncomingHttpHeaders,
  hasBody: boolean,
  credentials: Record<string, string>,
): Record<string, string> {
  const { 'content-type': contentType, 'content-length': contentLength, traceparent } = client;
  return {
    accept: '*/*',
    'user-agent': 'agent-assist-relay',
    // Said even if the client said nothing: without it a server may choose any encoding.
    'accept-encoding': printable(client['accept-encoding']) ?? 'identity',
    ...(hasBody && contentType !== undefined ? { 'content-type': contentType } : {}),
    ...(hasBody && contentLength !== undefined ? { 'content-length': contentLength } : {}),
    ...(typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? { traceparent } : {}),
    ...credentials,
  };
}

/** Whether a request announces a body. */
export function sendsBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Whether a content type is JSON: `application/json` or `application/*+json`, with any parameters. */
export function isJson(contentType: string | undefined): boolean {
  return JSON_TYPE.test(printable(contentType) ?? '');
}

/**
 * What the client is sent of an answer's headers. `present` are the headers that this server has set already (CORS,
 * say): they win, and `Vary` is the union of both.
 */
export function clientHeaders(upstream: IncomingHttpHeaders, present: Record<string, unknown>): Headers {
  const perConnection = new Set(listItems(upstream.connection).map((item) => item.toLowerCase()));
  const headers: Headers = {};
  for (const [name, value] of Object.entries(upstream)) {
    if (value === undefined || DROPPED.has(name) || name.startsWith('access-control-')) continue;
    if (perConnection.has(name) || (name in present && name !== 'vary')) continue;
    headers[name] = value;
  }
  if (headers.vary !== undefined) headers.vary = unite(present.vary, headers.vary);
  return headers;
}

const DROPPED = new Set([
  // hop by hop (RFC 9110 section 7.6.1, RFC 2616 section 13.5.1)
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  // about Google's origin or its session with us, and wrong or harmful under our name
  'alt-svc',
  'clear-site-data',
  'nel',
  'report-to',
  'reporting-endpoints',
  'server',
  'set-cookie',
  'set-cookie2',
  'strict-transport-security',
  'www-authenticate',
  // our server writes its own
  'date',
]);

// W3C Trace Context: version, trace, span, flags, and what later versions may add.
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?:-[!-~]*)?$/;
const JSON_TYPE = /^application\/(?:json|[a-z0-9!#$&^_.-]+\+json)[ \t]*(?:;.*)?$/i;

function printable(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && /^[ -~]+$/.test(value) ? value : undefined;
}

/** The items of a header that is a list; it may stand in several lines. */
function listItems(...values: unknown[]): string[] {
  return values
    .flat()
    .flatMap((line) => (typeof line === 'string' ? line.split(',') : []))
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function unite(ours: unknown, theirs: unknown): string {
  const items = listItems(ours, theirs);
  return [...new Map(items.map((item) => [item.toLowerCase(), item])).values()].join(', ');
}
