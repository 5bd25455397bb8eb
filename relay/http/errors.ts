import type { FastifyReply, FastifyRequest } from 'fastify';
import { RateLimitedError } from '../rate-limits/rate-limited-error.ts';

/** An answer other than success: the status, and the `message` that the caller reads. It must hold no secret. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  /** How long the caller should wait before another try, in milliseconds; it is told in `Retry-After`. */
  readonly retryAfterMs: number | undefined;

  constructor(
    status: number,
    message: string,
    { retryAfterMs, ...options }: ErrorOptions & { retryAfterMs?: number } = {},
  ) {
    super(message, options);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

const INTERNAL = new HttpError(500, 'Internal error.');
const ABORTED = new HttpError(400, 'The request was cut off.');

// Fastify's own refusals. Its texts are not passed on: some quote the URL.
const OF_FASTIFY: Readonly<Record<string, HttpError>> = {
  FST_ERR_BAD_URL: new HttpError(400, 'The URL is malformed.'),
  FST_ERR_MAX_PARAM_LENGTH: new HttpError(414, 'The URL is too long.'),
  FST_ERR_CTP_BODY_TOO_LARGE: new HttpError(413, 'The request body is too large.'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: new HttpError(415, 'The content type must be application/json.'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: new HttpError(
    400,
    'The request body does not have the announced length.',
  ),
};

/** Answers a failed request with `{"message"}`. What is not known to be the caller's fault is a 500 without detail. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const answer = toHttpError(error, request);
  if (answer === INTERNAL) request.log.error({ err: error }, 'request failed');
  else if (answer.cause !== undefined && answer.status >= 500)
    request.log.warn({ err: answer.cause }, answer.message);
  if (answer.status < 500) request.refusal = { outcome: answer.message, ...request.refusal };
  if (answer.retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(answer.retryAfterMs / 1000));
  return reply.code(answer.status).send({ message: answer.message });
}

/** A status on any other error is not believed: it may be that of a service which the relay itself called. */
function toHttpError(error: unknown, request: FastifyRequest): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof RateLimitedError) {
    request.refusal = error.refusal;
    return new HttpError(429, error.message, { retryAfterMs: error.retryAfterMs });
  }
  if (!(error instanceof Error) || !('code' in error)) return INTERNAL;
  if (error.code === 'ECONNRESET' && request.raw.destroyed) return ABORTED;
  return OF_FASTIFY[String(error.code)] ?? INTERNAL;
}
