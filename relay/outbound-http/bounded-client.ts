import { pipeline } from 'node:stream/promises';
import { createUnzip } from 'node:zlib';
import type { Dispatcher } from 'undici';

/** What one call, and all calls of a client together, may take. */
export interface HttpBounds {
  /** From the call to the end of its answer, in milliseconds. A wait for a free connection counts. */
  timeoutMs: number;
  /** Largest answer that is read, in bytes after decompression. */
  answerMaxBytes: number;
  /** Calls under way. One more fails at once; `Infinity` leaves it to the dispatcher to let calls wait. */
  callsMax: number;
}

export interface BoundedClientOptions extends HttpBounds {
  /** Carries the calls, and holds their connections. */
  dispatcher: Dispatcher;
  /** Whether answers may be compressed with gzip or deflate. Otherwise a compressed answer is read as it is. */
  decompress: boolean;
  /**
   * Whether a call whose connection breaks is made once more: a server may close a kept connection at the moment of its
   * next use, or restart within an answer.
   */
  tryAgain: boolean;
}

export interface OutboundRequest {
  method: 'GET' | 'POST';
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  body?: string;
}

/** The body of a `200`; or, in a few words, why there is none: another status, or a body that is too large. */
export type OutboundAnswer = { body: string } | { fault: string };

/**
 * The service has not answered, or has answered that it is in trouble itself: no connection, no answer in time, too
 * many calls under way, a status of 500 or above, or one of {@link TRY_AGAIN}.
 */
export class OutageError extends Error {
  override readonly name = 'OutageError';
}

/** The message of an {@link OutageError}: the time was up. */
export const NO_ANSWER_IN_TIME = 'no answer in time';

/** How the fault of an answer starts that is larger than its limit, which follows. */
export const TOO_LARGE = 'answer too large';

/** Request timeout, too early and too many requests: the service's trouble, like every status of 500 and above. */
const TRY_AGAIN = new Set([408, 425, 429]);

const BROKEN_CONNECTION = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];

/** Calls to one service, each bounded in time and in the size of its answer, and bounded in number. */
export class BoundedClient {
  readonly #options: BoundedClientOptions;
  #underWay = 0;

  constructor(options: BoundedClientOptions) {
    this.#options = options;
  }

  /**
   * Redirects are not followed: they could carry a credential to another host.
   *
   * @throws {OutageError} whose message holds nothing of the request or of the answer, and which has no cause: errors
   * of the transport may quote a header.
   */
  async send(url: string, request: OutboundRequest): Promise<OutboundAnswer> {
    if (this.#underWay >= this.#options.callsMax) throw new OutageError('too many calls under way');
    this.#underWay += 1;
    try {
      return await this.#call(new URL(url), request);
    } catch (error) {
      throw error instanceof OutageError ? error : new OutageError(reasonOf(error));
    } finally {
      this.#underWay -= 1;
    }
  }

  async #call(url: URL, { method, headers, body }: OutboundRequest): Promise<OutboundAnswer> {
    const { dispatcher, decompress, timeoutMs, tryAgain } = this.#options;
    const call: Dispatcher.RequestOptions = {
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      headers: {
        'user-agent': 'agent-assist-relay',
        'accept-encoding': decompress ? 'gzip, deflate' : 'identity',
        ...headers,
      },
      body: body ?? null,
      signal: AbortSignal.timeout(timeoutMs),
    };
    const attempt = async () => this.#answerOf(await dispatcher.request(call));
    return attempt().catch((error: unknown) => {
      if (tryAgain && BROKEN_CONNECTION.includes(codeOf(error))) return attempt();
      throw error;
    });
  }

  async #answerOf({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<OutboundAnswer> {
    const { answerMaxBytes, decompress } = this.#options;
    if (statusCode !== 200) {
      // So that the connection can be used again.
      await body.dump().catch(() => {});
      const reason = `status ${statusCode}`;
      if (statusCode >= 500 || TRY_AGAIN.has(statusCode)) throw new OutageError(reason);
      return { fault: reason };
    }
    const isCompressed = decompress && /^(?:x-)?gzip$|^deflate$/i.test(String(headers['content-encoding']));
    try {
      const collect = collector(answerMaxBytes);
      return {
        body: await (isCompressed ? pipeline(body, createUnzip(), collect) : pipeline(body, collect)),
      };
    } catch (error) {
      if (error instanceof TooLargeError) return { fault: `${TOO_LARGE}: over ${answerMaxBytes} bytes` };
      throw error;
    }
  }
}

class TooLargeError extends Error {}

/** Reads a stream to its end, or ends it when it has more bytes. */
function collector(maxBytes: number): (source: AsyncIterable<Buffer>) => Promise<string> {
  return async (source) => {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of source) {
      size += chunk.length;
      if (size > maxBytes) throw new TooLargeError();
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return NO_ANSWER_IN_TIME;
  return codeOf(error) || 'unreachable';
}

/** The code of an error where it has one. Nothing else of it is kept. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z_]+$/.test(code) ? code : '';
}
