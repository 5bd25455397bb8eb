// A relay's proxy between a client and a server that plays Dialogflow, all on real sockets of the loopback interface.
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import { Agent, type Dispatcher } from 'undici';
import { type DialogflowProxyDeps, dialogflowProxy } from '../../../relay/dialogflow/proxy.ts';
import type { Credentials } from '../../../relay/google/credentials.ts';

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

export interface World {
  upstream: Upstream;
  app: FastifyInstance;
  port: number;
  origin: string;
  /** Each origin that the proxy has called, when there is no DIALOGFLOW_ENDPOINT. */
  calledOrigins: string[];
  logged: string[];
  close(): Promise<void>;
}

export interface WorldOptions extends Partial<DialogflowProxyDeps> {
  /** False: as in production, with Google's host names, which lead to the upstream all the same. */
  hasEndpoint?: boolean;
  setUp?: (app: FastifyInstance) => unknown;
}

export const fakeCredentials: Credentials = {
  headers: async () => ({ authorization: `Bearer ${TOKEN}`, 'x-goog-user-project': 'quota-project' }),
  invalidate: () => {},
};

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { hasEndpoint = true, setUp, ...deps } = options;
  const upstream = await startUpstream();
  const calledOrigins: string[] = [];
  const agent = new Agent();
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
      timeoutMs: 5_000,
      maxBodyBytes: 1024 * 1024,
      ...(hasEndpoint ? {} : { dispatcher: agent.compose(toUpstream) }),
      ...deps,
    }),
  );
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  return {
    upstream,
    app,
    port,
    origin: `http://127.0.0.1:${port}`,
    calledOrigins,
    logged,
    async close() {
      app.server.closeAllConnections();
      upstream.server.closeAllConnections();
      await app.close();
      await agent.destroy();
      await new Promise((resolve) => upstream.server.close(resolve));
    },
  };
}

async function startUpstream(): Promise<Upstream> {
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
  const upstream: Upstream = { origin: '', seen, answer: answerJson, server };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  upstream.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return upstream;
}

/** Waits for what happens on the other side of a socket. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Sends bytes as they are (clients would normalise the path) and returns all that comes back. */
export async function exchange(port: number, bytes: string | Buffer): Promise<string> {
  const socket = await open(port);
  socket.write(bytes);
  return text(socket.setEncoding('latin1'));
}

export async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return socket;
}

/** One request as bytes; the server closes the connection after its answer. */
export function rawRequest(method: string, target: string, headers: string[] = [], body = ''): Buffer {
  const lines = [`${method} ${target} HTTP/1.1`, 'Host: relay.example', 'Connection: close', ...headers];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1');
}

export function statusOf(response: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(response)?.[1]);
}

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
