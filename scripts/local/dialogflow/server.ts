import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { type LoopbackServer, startLoopbackServer } from '../loopback-server.ts';
import { createApi } from './api.ts';
import { ApiError } from './api-error.ts';
import { COMPANION_PATH, companionStream } from './companion.ts';
import type { Conversations } from './conversations.ts';
import { WebChannelEndpoint } from './webchannel/endpoint.ts';

export interface DialogflowServer extends LoopbackServer {
  /** The streams of the companion agent. */
  streams: WebChannelEndpoint;
}

export interface DialogflowServerOptions {
  /** Between two keep-alives of a stream, in milliseconds. Google's are rarer. */
  keepAliveMs?: number;
  /** Between two parts of a streamed answer, in milliseconds; a function is asked when an answer begins. */
  partMs?: number | (() => number);
}

/**
 * Serves the simulator's REST API, `/VERSION/projects/…`, with the bodies, headers and errors of Google's, and the
 * companion agent's streams over WebChannel.
 */
export async function startDialogflowServer(
  conversations: Conversations,
  { keepAliveMs = 10_000, partMs = 100 }: DialogflowServerOptions = {},
): Promise<DialogflowServer> {
  const api = createApi(conversations);
  const now = () => new Date();
  const pauseMs = typeof partMs === 'function' ? partMs : () => partMs;
  const waiting = new Map<string, object>();
  const streams = new WebChannelEndpoint({
    keepAliveMs,
    open: (peer) => companionStream(peer, { conversations, partMs: pauseMs, waiting, now }),
  });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const url = new URL(request.url ?? '/', 'http://localhost');
      if (url.pathname === COMPANION_PATH) {
        return streams.answer(request, response, url.searchParams, await readText(request));
      }
      const path = /^\/(?:v2|v2beta1)\/(.+)$/.exec(decodeURI(url.pathname))?.[1];
      const body = parseBody(await readText(request));
      if (path === undefined) throw new ApiError('NOT_FOUND', `Method not found: ${url.pathname}`);
      const result = await api({ method: request.method ?? 'GET', path, query: url.searchParams, body });
      send(request, response, 200, result);
    } catch (error) {
      const refusal =
        error instanceof ApiError ? error : new ApiError('INTERNAL', 'Internal error encountered.');
      send(request, response, refusal.httpStatus, refusal);
    }
  }

  const server = await startLoopbackServer((request, response) => {
    respond(request, response).catch(() => response.destroy());
  });
  return { ...server, streams };
}

function send(request: IncomingMessage, response: ServerResponse, status: number, value: unknown): void {
  const text = Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
  const isGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const body = isGzip ? gzipSync(text) : text;
  response.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    vary: 'Origin, X-Origin, Referer',
    'cache-control': 'private',
    'content-length': body.length,
    ...(isGzip ? { 'content-encoding': 'gzip' } : {}),
  });
  response.end(body);
}

function parseBody(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError('INVALID_ARGUMENT', 'Invalid JSON payload received.');
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
