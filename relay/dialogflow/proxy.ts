import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream';
import type { FastifyError, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { Agent, type Dispatcher } from 'undici';
import type { Project, ShortName } from '../../shared/conversation-name.ts';
import { type Credentials, CredentialsError, NO_CREDENTIALS } from '../google/credentials.ts';
import type { RequestAccess } from '../http/request-access.ts';
import type { RequestAudit } from '../http/request-audit.ts';
import type { Claims } from '../identity/claims.ts';
import type { CallsUnderWay, CallUnderWay } from '../rate-limits/calls-under-way.ts';
import { RateLimitedError } from '../rate-limits/rate-limited-error.ts';
import { discardRest, readBody } from '../rate-limits/request-body.ts';
import { asProxyError, late, notJson, tooLarge } from './failures.ts';
import { ProxyError, sendGoogleError } from './google-error.ts';
import { clientHeaders, isJson, sendsBody, upstreamHeaders } from './headers.ts';
import type { DialogflowLimits } from './limits.ts';
import { dialogflowOrigin, type ForwardRoute, matchRoute, type Quota, VERSIONS } from './routes.ts';

export interface DialogflowProxyDeps {
  project: Project;
  /** The origin that stands in for Dialogflow at every location, `http://127.0.0.1:9000`; never sent `credentials`. */
  endpoint: string | undefined;
  credentials: Credentials;
  /** Lets a request through, or answers it with 401, or throws what the app's error handler turns into that. */
  authenticate: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  /** Lets the agent's request through, or throws what the app's error handler answers it with. */
  requireAccess: RequestAccess;
  /** Takes what a request needs of a shared quota, or throws what the app's error handler answers it with. */
  takeQuota: (quota: Quota, claims: Claims) => Promise<void>;
  /** Bounds what the calls of an agent occupy; what it throws is answered by the app's error handler. */
  callsUnderWay: Pick<CallsUnderWay, 'begin'>;
  audit: RequestAudit;
  /** Told of each request that has ended: a template or `none`, the status (499: the client has gone), its begin. */
  meter?: { proxied(route: string, status: number, since?: number): void } | undefined;
  limits: DialogflowLimits;
  /** Carries the calls, such as {@link dialogflowAgent}; it is closed with the app. */
  dispatcher: Dispatcher;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** Google's front ends keep an idle connection for minutes; this is well within, so that none dies under a call. */
const KEEP_ALIVE_MS = 30_000;
/** undici's own timer can be a second late; where Dialogflow stalls, it and not the client's should be heard. */
const UNREAD_GRACE_MS = 2_000;

type Answer = Dispatcher.ResponseData;

/** What is known of a request between its hooks. */
interface Call {
  route: ForwardRoute;
  /** When the request came, by `performance.now()`. */
  since: number;
  conversation?: ShortName | undefined;
  underWay?: CallUnderWay;
  /** True once the app's hooks have let it through: from here on a failure is one of the call itself. */
  started: boolean;
  /** Names of the answer's headers that the reply has taken over, and its `Vary` before that. */
  taken?: { names: string[]; vary: ReturnType<FastifyReply['getHeader']> };
}

/**
 * The Dialogflow REST proxy as a Fastify plugin: the requests of `routes.ts` go to Dialogflow, with the relay's own
 * credentials. Bodies pass as they are: an answer while it arrives, a request once it is complete, so that slow senders
 * occupy no connection. What the proxy refuses, and what Dialogflow cannot answer, is answered in the shape of Google's
 * own errors.
 */
export function dialogflowProxy(deps: DialogflowProxyDeps): FastifyPluginAsync {
  const { project } = deps;
  const { timeoutMs, bodyMaxBytes } = deps.limits;
  const endpoint = deps.endpoint === undefined ? undefined : new URL(deps.endpoint).origin;
  const credentials = endpoint === undefined ? deps.credentials : NO_CREDENTIALS;

  return async (app) => {
    app.addHook('onClose', () => deps.dispatcher.close());
    // Bodies are streamed on unparsed: the only parser leaves the request as it is.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, _body, done) => done(null));
    app.decorateRequest('dialogflowCall', null);
    app.setErrorHandler<FastifyError>(answerError);
    app.addHook('onResponse', async (request, reply) => ended(request, reply.statusCode));
    app.addHook('onRequestAbort', async (request) => ended(request, 499));
    for (const version of VERSIONS) {
      app.route({
        method: app.supportedMethods,
        url: `/${version}/*`,
        onRequest: [refuseUnknown, deps.authenticate, refuseForeign, requireAccess, takeQuota],
        handler: forward,
      });
    }

    /** Before the token is looked at: what no token could make right. */
    async function refuseUnknown(request: FastifyRequest, reply: FastifyReply) {
      const match = matchRoute(request.method, request.raw.url ?? '', project);
      if (match.kind === 'options') return reply.header('allow', match.allow.join(', ')).send();
      if (match.kind === 'not-found') return sendGoogleError(reply, new ProxyError(404, 'no such resource'));
      if (match.kind === 'method-not-allowed') {
        reply.header('allow', match.allow.join(', '));
        return sendGoogleError(reply, new ProxyError(405, 'the method is not allowed for this resource'));
      }
      if (match.kind === 'refused' && match.status !== 403) {
        return sendGoogleError(reply, new ProxyError(match.status, match.reason));
      }
      if (match.kind !== 'forward') return;
      // Fastify would refuse a content type it cannot parse, and here any is welcome.
      if (!match.takesBody) delete request.raw.headers['content-type'];
      const call = { route: match, since: performance.now(), started: false };
      request.setDecorator<Call>('dialogflowCall', call);
    }

    /** After it: which project is served is nobody's business without one. */
    async function refuseForeign(request: FastifyRequest, reply: FastifyReply) {
      if (request.getDecorator<Call | null>('dialogflowCall')) return;
      const error = new ProxyError(403, 'the resource belongs to another project');
      const refused = request.method === 'GET' || request.method === 'HEAD' ? 'read' : 'write';
      const entry = { refused, outcome: error.message, reason: 'other-project' } as const;
      deps.audit(request, 'refuse', { ...entry, route: request.routeOptions.url });
      return sendGoogleError(reply, error);
    }

    /** Late: an answer of somebody else's may be needed for it. */
    async function requireAccess(request: FastifyRequest) {
      const call = request.getDecorator<Call>('dialogflowCall');
      call.conversation = await deps.requireAccess(request, call.route.action, call.route.requested);
    }

    /** Last, so that a request which is refused takes nothing from the others. */
    async function takeQuota(request: FastifyRequest, reply: FastifyReply) {
      const call = request.getDecorator<Call>('dialogflowCall');
      if (request.claims === undefined) return;
      call.underWay = deps.callsUnderWay.begin(request.claims);
      finished(reply.raw, call.underWay.end);
      if (call.route.quota !== undefined) await deps.takeQuota(call.route.quota, request.claims);
    }

    function ended(request: FastifyRequest, status: number) {
      const { started, route, since, conversation } =
        request.getDecorator<Partial<Call> | null>('dialogflowCall') ?? {};
      if (request.method !== 'OPTIONS') deps.meter?.proxied(route?.template ?? 'none', status, since);
      if (!started || route === undefined || route.method === 'GET') return;
      const outcome = status < 400 ? 'done' : 'failed';
      deps.audit(request, 'write', { outcome, status, route: route.template, conversation });
    }

    async function forward(request: FastifyRequest, reply: FastifyReply) {
      const call = request.getDecorator<Call>('dialogflowCall');
      call.started = true;
      const hasBody = call.route.takesBody && sendsBody(request.headers);
      checkBody(request.raw, call.route, hasBody, bodyMaxBytes);

      const abort = new AbortController();
      const onClientGone = () => abort.abort(new ProxyError(499, 'the client is gone'));
      const timer = setTimeout(() => abort.abort(late(request.raw, hasBody)), timeoutMs);
      reply.raw.once('close', onClientGone);
      if (reply.raw.destroyed) onClientGone();
      let answer: Answer;
      try {
        answer = await send(request, call, hasBody, abort.signal);
      } finally {
        clearTimeout(timer);
        reply.raw.off('close', onClientGone);
      }
      // Outside: awaiting a reply waits for its last byte, and an answer that flows may take longer than the timer.
      return pass(request, reply, call, answer);
    }

    async function send(request: FastifyRequest, call: Call, hasBody: boolean, signal: AbortSignal) {
      const { route, underWay } = call;
      const hold = (bytes: number) => underWay?.hold(bytes);
      const bounds = { maxBytes: bodyMaxBytes, tooLarge, hold, signal };
      const body = hasBody ? await readBody(request.raw, bounds) : null;
      await underWay?.connection(signal);
      const authorization = await abortable(credentials.headers(), signal);
      return deps.dispatcher.request({
        origin: endpoint ?? dialogflowOrigin(route.location),
        path: route.query === '' ? route.path : `${route.path}?${route.query}`,
        method: route.method,
        headers: upstreamHeaders(request.headers, hasBody, authorization),
        body,
        signal,
        // The timer of forward() covers it.
        headersTimeout: 0,
        bodyTimeout: timeoutMs,
      });
    }

    async function pass(request: FastifyRequest, reply: FastifyReply, call: Call, answer: Answer) {
      const { statusCode, body } = answer;
      if (statusCode === 401) credentials.invalidate();
      if (statusCode >= 400 && statusCode < 500) request.refusal = { reason: 'dialogflow' };
      if (statusCode >= 300 && statusCode < 400) {
        await body.dump();
        throw new ProxyError(502, 'Dialogflow answered with a redirect');
      }
      const headers = clientHeaders(answer.headers, reply.getHeaders());
      call.taken = { names: Object.keys(headers), vary: reply.getHeader('vary') };
      reply.code(statusCode).headers(headers);
      request.log.debug({ route: call.route.template, status: statusCode }, 'Dialogflow answered');
      // A client that takes nothing of its answer would hold one of the connections for ever.
      reply.raw.setTimeout(timeoutMs + UNREAD_GRACE_MS);
      return reply.send(body);
    }

    /** Answers what failed before the first byte of an answer was sent; after it, Fastify ends the connection. */
    function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
      const call = request.getDecorator<Call | null>('dialogflowCall');
      if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return sendGoogleError(reply, notJson());
      // Not ours, but of a hook of the app, of authenticate or of a limit: the app's own handler words it.
      if (!call?.started || error instanceof RateLimitedError) throw error;
      for (const name of call.taken?.names ?? []) reply.removeHeader(name);
      if (call.taken?.vary !== undefined) reply.header('vary', call.taken.vary);
      const failure = asProxyError(error);
      if (failure.status >= 500) {
        const reason =
          error instanceof CredentialsError ? error.message : `${error.name} ${error.code ?? ''}`.trim();
        request.log.warn({ route: call.route.template, status: failure.status, reason }, failure.message);
      }
      if (failure.status === 408) reply.header('connection', 'close');
      return sendGoogleError(reply, failure);
    }
  };
}

/** Kept-alive connections to Dialogflow, as many as {@link CallsUnderWay} allows. */
export function dialogflowAgent(): Agent {
  return new Agent({
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // One wire to reason about; a broken-off upload is a broken connection there, for every server.
    allowH2: false,
  });
}

/** @throws {ProxyError} 415 or 413, for what the headers alone tell. */
function checkBody(request: IncomingMessage, route: ForwardRoute, hasBody: boolean, maxBytes: number): void {
  // Desktops call `:suggestConversationSummary` like `:complete`, without a body: for Dialogflow that is an empty message.
  if (!hasBody && route.method !== 'PATCH') return;
  const { 'content-type': type, 'content-encoding': encoding, 'content-length': length } = request.headers;
  const isTooLarge = Number(length ?? 0) > maxBytes;
  const isReadable = isJson(type) && (encoding === undefined || encoding.toLowerCase() === 'identity');
  if (isReadable && !isTooLarge) return;
  discardRest(request, maxBytes);
  throw isReadable ? tooLarge() : notJson();
}

/** Settles as the promise does, unless the signal comes first; then it rejects with the signal's reason. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject);
  });
}
