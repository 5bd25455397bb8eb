import type { IncomingMessage, ServerResponse } from 'node:http';
import { chunk, WebChannelSession } from './session.ts';

/** One stream as the method behind it sees it. */
export interface StreamPeer {
  send(message: object): void;
  /** Ends the stream with an error of Google's JSON, `{ error: … }`. */
  fail(error: object): void;
}

/** What a method does with a new stream. */
export interface StreamHandler {
  receive(message: unknown): void;
  /** The client has gone. */
  end(): void;
}

export interface WebChannelEndpointOptions {
  /** Milliseconds between two keep-alives, {@link SILENCE_MAX_MS} at most. */
  keepAliveMs: number;
  open(peer: StreamPeer): StreamHandler;
}

/** For how long the server sends nothing at most, in milliseconds. Browsers wait half as long again. */
const SILENCE_MAX_MS = 30_000;

/** How long a stream that has failed is known, in milliseconds. */
const FINISHED_MS = 30_000;

interface Stream {
  session: WebChannelSession;
  handler: StreamHandler;
}

/** A method behind WebChannel, version 8, as Google's front ends offer it to browsers. */
export class WebChannelEndpoint {
  readonly #options: WebChannelEndpointOptions;
  readonly #streams = new Map<string, Stream>();

  constructor(options: WebChannelEndpointOptions) {
    this.#options = options;
  }

  /** Answers a request to the method's `/channel`. */
  answer(request: IncomingMessage, response: ServerResponse, query: URLSearchParams, body: string): void {
    response.setHeader('access-control-allow-origin', request.headers.origin ?? '*');
    response.setHeader('access-control-allow-credentials', 'true');
    response.setHeader('access-control-expose-headers', 'x-http-session-id');
    response.setHeader('content-type', 'text/plain; charset=utf-8');
    response.setHeader('cache-control', 'no-cache, no-store');
    if (request.method === 'OPTIONS') {
      response.setHeader('access-control-allow-headers', 'content-type, x-client-protocol');
      response.setHeader('access-control-allow-methods', 'GET, POST');
      response.end();
    } else if (!query.has('SID')) this.#open(response, query, body);
    else this.#continue(request, response, query, body);
  }

  /** Ends each GET, as Google's front ends do now and then. Clients go on with another. */
  cutGets(): void {
    for (const { session } of this.#streams.values()) session.detach();
  }

  /** How many streams are open. */
  get size(): number {
    return this.#streams.size;
  }

  #open(response: ServerResponse, query: URLSearchParams, body: string): void {
    const session = new WebChannelSession(this.#options.keepAliveMs);
    const handler = this.#options.open({
      send: (message) => session.send(message),
      fail: (error) => {
        session.send([error]);
        session.finish();
        handler.end();
        // The client still fetches the error, and then says that the stream is over.
        setTimeout(() => this.#streams.delete(session.sid), FINISHED_MS).unref();
      },
    });
    const stream = { session, handler };
    this.#streams.set(session.sid, stream);
    if (query.get('X-HTTP-Session-Id') === 'gsessionid') {
      response.setHeader('x-http-session-id', session.gsessionid);
    }
    response.end(chunk([[0, ['c', session.sid, '', 8, 14, SILENCE_MAX_MS]]]));
    this.#receive(stream, body);
  }

  #continue(request: IncomingMessage, response: ServerResponse, query: URLSearchParams, body: string): void {
    const sid = query.get('SID') ?? '';
    const stream = this.#streams.get(sid);
    if (stream === undefined || query.get('gsessionid') !== stream.session.gsessionid) {
      response.writeHead(400).end('Unknown SID');
      return;
    }
    const { session } = stream;
    if (query.get('TYPE') === 'terminate') {
      this.#end(sid);
      session.detach();
      response.end();
      return;
    }
    session.confirm(Number(query.get('AID') ?? 0));
    if (request.method === 'GET') session.attach(response, query.get('CI') === '1');
    else {
      this.#receive(stream, body);
      response.end(chunk(session.postAnswer));
    }
  }

  #receive({ session, handler }: Stream, body: string): void {
    for (const message of session.receive(new URLSearchParams(body))) handler.receive(message);
  }

  #end(sid: string): void {
    this.#streams.get(sid)?.handler.end();
    this.#streams.delete(sid);
  }
}
