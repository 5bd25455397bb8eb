import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Dispatcher } from 'undici';
import { STABLE } from '../../shared/tracing/attributes.ts';
import { errorTypeOf, type Span, type Tracer } from '../../shared/tracing/tracer.ts';

/** What the proxy knows of its request; see `relay/dialogflow/proxy.ts`. */
const CALL = 'dialogflowCall';

/** The proxy's routes, and no others. */
const PROXIED = /^\/v2(?:beta1)?\/\*$/;

/**
 * Makes a span of each proxied call, and within it one of the relay's own call to Dialogflow. Must run before the proxy is
 * registered.
 *
 * The span only links to the `traceparent` of the desktop's request. Anybody may send one: as a parent it could have all calls
 * exported, or put them into a trace of somebody else. What Dialogflow is sent does not change.
 *
 * @param dispatcher carries the calls to Dialogflow.
 */
export function traceCalls(
  app: FastifyInstance,
  dispatcher: Dispatcher,
  tracer: Tracer | undefined,
): Dispatcher {
  if (tracer === undefined) return dispatcher;
  const spans = new AsyncLocalStorage<Span>();
  const spanOf = new WeakMap<FastifyRequest, Span>();

  app.addHook('onRequest', (request, _reply, done) => {
    if (!PROXIED.test(request.routeOptions.url ?? '')) return done();
    const { traceparent } = request.headers;
    const links = typeof traceparent === 'string' ? [traceparent] : [];
    const span = tracer.start(request.method, { kind: 'server', links });
    if (!span.isRecording) return done();
    spanOf.set(request, span);
    spans.run(span, done);
  });
  app.addHook('onResponse', async (request, { statusCode }) => end(request, statusCode));
  // The client has left, see `logRequests`.
  app.addHook('onRequestAbort', async (request) => end(request, 499));

  return dispatcher.compose((dispatch) => (options, handler) => {
    const parent = spans.getStore();
    if (parent === undefined) return dispatch(options, handler);
    const { hostname, port, protocol } = new URL(String(options.origin));
    const span = tracer.start(options.method, {
      kind: 'client',
      parent: parent.traceparent,
      attributes: {
        [STABLE.httpRequestMethod]: options.method,
        [STABLE.serverAddress]: hostname,
        [STABLE.serverPort]: Number(port) || (protocol === 'http:' ? 80 : 443),
      },
    });
    return dispatch(options, spanned(handler, span));
  });

  function end(request: FastifyRequest, status: number): void {
    const span = spanOf.get(request);
    if (span === undefined) return;
    spanOf.delete(request);
    const call = request.getDecorator<{ route: { template: string } } | null>(CALL);
    const route = call?.route.template ?? request.routeOptions.url ?? '';
    span.rename(`${request.method} ${route}`);
    span.set({
      [STABLE.httpRequestMethod]: request.method,
      [STABLE.httpRoute]: route,
      [STABLE.httpResponseStatusCode]: status,
    });
    // For a server, a refusal is no error. Source: OpenTelemetry semantic conventions, "HTTP spans", status.
    span.end(status >= 500 ? String(status) : undefined);
  }
}

/** Ends the span with the first byte of the answer: how long its body takes depends on the desktop, too. */
function spanned(handler: Dispatcher.DispatchHandler, span: Span): Dispatcher.DispatchHandler {
  return {
    onRequestStart: (...given) => handler.onRequestStart?.(...given),
    onRequestUpgrade: (...given) => handler.onRequestUpgrade?.(...given),
    onResponseStart(controller, status, ...rest) {
      span.set({ [STABLE.httpResponseStatusCode]: status });
      span.end(status >= 400 ? String(status) : undefined);
      handler.onResponseStart?.(controller, status, ...rest);
    },
    onResponseData: (...given) => handler.onResponseData?.(...given),
    onResponseEnd: (...given) => handler.onResponseEnd?.(...given),
    onResponseError(controller, error) {
      span.end(errorTypeOf(error));
      handler.onResponseError?.(controller, error);
    },
  };
}
