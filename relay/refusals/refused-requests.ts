import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RefusalReason } from './reasons.ts';
import type { RefusalDetails, RefusalLog } from './refusals.ts';

/** What is known of why a request is refused, before it is answered. */
export interface RequestRefusal extends RefusalDetails {
  /** Where the status of the answer says less. */
  reason?: RefusalReason | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set where the request is refused, and noted once it is answered. */
    refusal: RequestRefusal | undefined;
  }
}

/** The address and the trace of a request. */
type ClientOf = (request: FastifyRequest['raw']) => RefusalDetails['client'];

type ErrorHandler = (error: Error, request: FastifyRequest, reply: FastifyReply) => unknown;

/** The reasons of answers whose status says all. */
const BY_STATUS: Readonly<Record<number, RefusalReason>> = {
  400: 'request-malformed',
  403: 'request-forbidden',
  404: 'not-found',
  405: 'request-method',
  408: 'request-too-slow',
  413: 'request-too-large',
  414: 'request-too-large',
  415: 'request-content-type',
};

/** Codes of Node's HTTP parser and server. Others are connections that broke. */
const BY_CODE: readonly [code: RegExp, reason: RefusalReason][] = [
  [/^ERR_HTTP_REQUEST_TIMEOUT$/, 'request-too-slow'],
  [/^HPE_HEADER_OVERFLOW$/, 'http-header-too-large'],
  // Without those that ended in the middle of a request.
  [/^HPE_(?!INVALID_EOF_STATE)/, 'http-malformed'],
];

export type RefusedRequests = ReturnType<typeof refusedRequests>;

/** Notes each request that is refused, once, when it is answered. */
export function refusedRequests(refusals: RefusalLog, clientOf: ClientOf) {
  function note(request: FastifyRequest, status: number): void {
    const { refusal, routeOptions } = request;
    const reason = refusal?.reason ?? BY_STATUS[status];
    if (reason === undefined) return;
    const { reason: _, ...details } = refusal ?? {};
    const agent = 'claims' in request ? (request.claims as RefusalDetails['agent']) : undefined;
    refusals.note(reason, {
      refused: agent === undefined ? undefined : 'request',
      agent,
      ...details,
      client: clientOf(request.raw),
      route: routeOptions.url ?? 'none',
      status,
    });
  }

  return {
    /** To be called before the routes are registered. */
    register(app: FastifyInstance): void {
      app.decorateRequest('refusal', undefined);
      app.addHook('onResponse', async (request, reply) => note(request, reply.statusCode));
      // The client has left before its answer was sent.
      app.addHook('onRequestAbort', async (request) => note(request, 499));
      app.server.on('clientError', ({ code = '' }: NodeJS.ErrnoException) => {
        const [, reason] = BY_CODE.find(([pattern]) => pattern.test(code)) ?? [];
        if (reason !== undefined) refusals.note(reason, { outcome: code });
      });
      app.server.on('connect', (request, socket) => {
        refusals.note('request-method', { client: clientOf(request), route: 'none' });
        socket.destroy();
      });
      app.server.on('drop', () => refusals.note('limit-sockets'));
    },

    /** Of errors that Fastify meets before it knows the route; it runs no hooks for them. */
    afterRouting(answer: ErrorHandler): ErrorHandler {
      return (error, request, reply) => {
        const answered = answer(error, request, reply);
        note(request, reply.statusCode);
        return answered;
      };
    },
  };
}
