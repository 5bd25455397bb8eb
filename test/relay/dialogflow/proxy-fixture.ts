// A relay's proxy between a client and a server that plays Dialogflow, all on real sockets of the loopback interface.
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import type { Dispatcher } from 'undici';
import { DIALOGFLOW_LIMITS, type DialogflowLimits } from '../../../relay/dialogflow/limits.ts';
import {
  type DialogflowProxyDeps,
  dialogflowAgent,
  dialogflowProxy,
} from '../../../relay/dialogflow/proxy.ts';
import type { Credentials } from '../../../relay/google/credentials.ts';
import { CallsUnderWay } from '../../../relay/rate-limits/calls-under-way.ts';
import { RATE_LIMITS } from '../../../relay/rate-limits/limits.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { until as waitUntil } from '../../helpers/until.ts';

export const PROJECT = { id: 'my-project', number: '123456789' };
export const BASE = '/v2beta1/projects/my-project/locations/global';
export const TOKEN = 'ya29.a-secret-of-the-relay';

/** What the upstream has seen of one request; `body` is set once the request is complete, and only then. */
export interface Seen {
  method: string;
  target: string;
  headers: IncomingHttpHeaders;
  rawHeaders: string[];
  body?: string;
  /** True once the connection broke before the request was complete, or before its response was. */
  isBroken: boolean;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface Upstream {
  origin: string;
  seen: Seen[];
  /** Takes each request once its headers are here. */
  answer: Answer;
  server: Server;
}

export const answerJson: Answer = (request, response) => {
  request.resume();
  request.on('end', () => response.setHeader('content-type', 'application/json').end('{"name":"x"}'));
};

export interface TestProxy {
  upstream: Upstream;
  app: FastifyInstance;
  port: number;
  origin: string;
  /** Each origin that the proxy has called, when there is no DIALOGFLOW_ENDPOINT. */
  calledOrigins: string[];
  logged: string[];
}

export interface ProxyOptions
  extends Partial<Omit<DialogflowProxyDeps, 'limits'>>,
    Partial<DialogflowLimits> {
  /** False: as in production, with Google's host names, which lead to the upstream all the same. */
  hasEndpoint?: boolean;
  setUp?: (app: FastifyInstance) => unknown;
}

export const fakeCredentials: Credentials = {
  headers: async () => ({ authorization: `Bearer ${TOKEN}`, 'x-goog-user-project': 'quota-project' }),
  invalidate: () => {},
};

/** Starts proxies, each with a server that plays Dialogflow. */
export class ProxyFixture extends Fixture {
  async startProxy(options: ProxyOptions = {}): Promise<TestProxy> {
    const {
      hasEndpoint = true,
      setUp,
      timeoutMs = 30_000,
      bodyMaxBytes = DIALOGFLOW_LIMITS.bodyMaxBytes,
      ...deps
    } = options;
    const upstream = await this.#startUpstream();
    const calledOrigins: string[] = [];
    const agent = dialogflowAgent();
    this.defer(() => agent.destroy());
    const toUpstream: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (call, handler) => {
      calledOrigins.push(String(call.origin));
      return dispatch({ ...call, origin: upstream.origin }, handler);
    };
    const logged: string[] = [];
    const app = Fastify({
      logger: { level: 'debug', stream: { write: (line: string) => void logged.push(line) } },
      logController: new LogController({ disableRequestLogging: true }),
    });
    await setUp?.(app);
    await app.register(
      dialogflowProxy({
        project: PROJECT,
        endpoint: hasEndpoint ? upstream.origin : undefined,
        credentials: fakeCredentials,
        authenticate: async () => {},
        requireAccess: async () => undefined,
        audit: () => {},
        takeQuota: async () => {},
        callsUnderWay: new CallsUnderWay(RATE_LIMITS),
        limits: { timeoutMs, bodyMaxBytes },
        dispatcher: hasEndpoint ? agent : agent.compose(toUpstream),
        ...deps,
      }),
    );
    this.defer(() => {
      app.server.closeAllConnections();
      upstream.server.closeAllConnections();
      return app.close();
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    return { upstream, app, port, origin: `http://127.0.0.1:${port}`, calledOrigins, logged };
  }

  async #startUpstream(): Promise<Upstream> {
    const seen: Seen[] = [];
    const server = createServer((request, response) => {
      const { method = '', url = '', headers, rawHeaders } = request;
      const entry: Seen = { method, target: url, headers, rawHeaders, isBroken: false };
      seen.push(entry);
      text(request).then(
        (body) => {
          entry.body = body;
        },
        () => {
          entry.isBroken = true;
        },
      );
      response.on('close', () => {
        entry.isBroken ||= !response.writableFinished;
      });
      upstream.answer(request, response);
    });
    // Longer than any test: a connection that closes was closed by the proxy.
    server.keepAliveTimeout = 60_000;
    const origin = `http://127.0.0.1:${await this.listen(server)}`;
    const upstream: Upstream = { origin, seen, answer: answerJson, server };
    return upstream;
  }
}

/** Waits for what happens on the other side of a socket. */
export const until = (condition: () => boolean, what: string) => waitUntil(condition, 15_000, what);

/** A POST of JSON text. */
export function postJson(origin: string, path: string, body: string, headers: Record<string, string> = {}) {
  return fetch(`${origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}

export interface GoogleError {
  error: { code: number; message: string; status: string };
}

export async function readError(response: Response): Promise<GoogleError['error']> {
  return ((await response.json()) as GoogleError).error;
}
