import { Agent, type Dispatcher, errors } from 'undici';
import type { Credentials } from '../../google/credentials.ts';
import type { StreamLimits } from '../limits.ts';
import { STREAM_CODE, StreamError } from '../stream-error.ts';
import { asStreamError, statusFailure } from './failures.ts';

export interface UpstreamCallsDeps {
  origin: string;
  /** Asked for the headers of each request, so that a stream may live longer than an access token. */
  credentials: Credentials;
  dispatcher: Dispatcher;
}

export interface UpstreamRequest {
  /** Path and query. */
  target: string;
  /** A POST has one. */
  body?: string;
  /** Time until what `read` has returned is there, in milliseconds. */
  timeoutMs: number;
  /** Whether the request belongs to an open stream. */
  isOpen: boolean;
  /** Gives the request up, with its reason, and the answer, too, where `read` has left it open. */
  signal: AbortSignal;
}

const BROKEN_CONNECTION = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];

/** Whether a connection broke that was there before, as when a front end restarts. */
export function isBroken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && BROKEN_CONNECTION.includes(String(error.code));
}

/** Connections to Dialogflow's streams: one for each stream, which its GET holds, and those of the POSTs. */
export function streamAgent({ connectTimeoutMs }: Pick<StreamLimits, 'connectTimeoutMs'>): Agent {
  // HTTP/1.1 only: there a stream that is not read holds up its own connection and no other.
  return new Agent({ connectTimeout: connectTimeoutMs, allowH2: false });
}

/** The HTTP requests of one stream. */
export class UpstreamCalls {
  readonly #deps: UpstreamCallsDeps;

  constructor(deps: UpstreamCallsDeps) {
    this.#deps = deps;
  }

  /**
   * Sends a request, and once more where Dialogflow has refused the credentials or the connection has broken. A POST
   * may be repeated because Dialogflow knows it by its RID.
   *
   * @throws {StreamError} or the reason of the signal.
   */
  async call<T>(request: UpstreamRequest, read: (answer: Dispatcher.ResponseData) => Promise<T>): Promise<T> {
    const { signal, timeoutMs } = request;
    const abort = new AbortController();
    const onEnd = () => abort.abort(signal.reason);
    signal.addEventListener('abort', onEnd, { once: true });
    if (signal.aborted) onEnd();
    const timer = setTimeout(() => abort.abort(late()), timeoutMs);
    try {
      return await read(await this.#accepted(request, abort.signal));
    } catch (error) {
      if (abort.signal.aborted) throw abort.signal.reason;
      throw error instanceof errors.ConnectTimeoutError ? late() : asStreamError(error);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onEnd);
    }
  }

  /** An answer with the status 200. */
  async #accepted(request: UpstreamRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    let answer = await this.#attempt(request, signal).catch((error: unknown) => {
      if (isBroken(error)) return this.#attempt(request, signal);
      throw error;
    });
    if (answer.statusCode === 401) {
      await answer.body.dump({ limit: DUMP_MAX_BYTES, signal });
      this.#deps.credentials.invalidate();
      answer = await this.#attempt(request, signal);
    }
    if (answer.statusCode === 200) return answer;
    const body = await startOf(answer.body).catch(() => '');
    throw statusFailure(answer.statusCode, request.isOpen, body);
  }

  async #attempt({ target, body }: UpstreamRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { origin, credentials, dispatcher } = this.#deps;
    const authorization = await abortable(credentials.headers(), signal);
    return dispatcher.request({
      origin,
      path: target,
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...HEADERS, ...(body === undefined ? {} : POST_HEADERS), ...authorization },
      body: body ?? null,
      signal,
      // The time limits are this class's and the channel's.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }
}

/** Of an error's answer, which is read so that the connection can be used again. */
const DUMP_MAX_BYTES = 64 * 1024;

const HEADERS = {
  'user-agent': 'agent-assist-relay',
  'x-goog-api-client': 'gl-node',
  'accept-encoding': 'identity',
};
const POST_HEADERS = {
  'content-type': 'application/x-www-form-urlencoded',
  'x-webchannel-content-type': 'application/json',
};

/** A body up to {@link DUMP_MAX_BYTES}, which is more than an error has. */
async function startOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body as AsyncIterable<Buffer>) {
    parts.push(part);
    size += part.length;
    // Leaving the loop destroys the body, and its connection.
    if (size > DUMP_MAX_BYTES) break;
  }
  return Buffer.concat(parts).toString();
}

function late(): StreamError {
  return new StreamError(STREAM_CODE.unavailable, 'Dialogflow did not answer in time');
}

/** Settles as the promise does, unless the signal comes first; then it rejects with the signal's reason. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  return Promise.race([promise, ended]).finally(() => signal.removeEventListener('abort', onAbort));
}
