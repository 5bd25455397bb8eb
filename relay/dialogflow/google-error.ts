import type { FastifyReply } from 'fastify';

/** The statuses this proxy answers with, and their names in Google's APIs. Source: google.rpc.Code, HTTP mapping. */
export const STATUS_NAMES = {
  400: 'INVALID_ARGUMENT',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  405: 'UNIMPLEMENTED',
  408: 'DEADLINE_EXCEEDED',
  413: 'INVALID_ARGUMENT',
  415: 'INVALID_ARGUMENT',
  499: 'CANCELLED',
  502: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
} as const;

export type ProxyStatus = keyof typeof STATUS_NAMES;

/** A call that the proxy itself ends. The message goes to the client: fixed words, nothing of any request or answer. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  readonly status: ProxyStatus;

  constructor(status: ProxyStatus, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** Answers in the shape of Dialogflow's own errors, so that a desktop needs one parser for both. */
export function sendGoogleError(reply: FastifyReply, error: ProxyError): FastifyReply {
  const { status, message } = error;
  if (status < 499) reply.request.refusal = { outcome: message, ...reply.request.refusal };
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ error: { code: status, message, status: STATUS_NAMES[status] } }));
}
