import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { pageWithDrawer, policyWithOrigin } from './page-with-drawer.ts';

export interface PageFrontOptions {
  /** Where it listens on loopback. */
  port: number;
  /** `http://127.0.0.1:PORT`, without a slash at its end. */
  relayUrl: string;
  /** The script that is added to the page. */
  scriptUrl: string;
  /** Makes a token end at a time, in seconds since 1970. */
  endingAt(token: string, end: number): string;
}

/** The demo's own address of the relay: what stands between the page and the relay, and can cut their connection. */
export interface PageFront {
  /** `http://127.0.0.1:PORT`, without a slash at its end. */
  url: string;
  /** Cuts every WebSocket, and lets none through for so many milliseconds. Resolves when it does again. */
  cut(forMs: number): Promise<void>;
  /** Until that time every registration gives a token that ends then. Milliseconds since 1970. */
  endTokensAt(end: number): void;
  /** Resolves with the next registration after the time of {@link endTokensAt}. */
  nextRegistration(): Promise<void>;
  stop(): Promise<void>;
}

/** They belong to one connection, and each of the two has its own. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'proxy-connection'];

export async function startPageFront(options: PageFrontOptions): Promise<PageFront> {
  const { port, relayUrl, scriptUrl, endingAt } = options;
  const host = `127.0.0.1:${port}`;
  const { hostname: relayHost, port: relayPort } = new URL(relayUrl);
  const upgraded = new Set<Duplex>();
  let closedUntil = 0;
  let tokensEnd = 0;
  let registered = Promise.withResolvers<void>();

  const server = createServer((incoming, response) => {
    forward(incoming, response).catch(() => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    });
  });
  server.on('upgrade', (incoming, socket, head) => {
    if (Date.now() < closedUntil) socket.destroy();
    else tunnel(incoming, socket, head);
  });

  async function forward(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = incoming;
    const { pathname } = new URL(url, relayUrl);
    // Another host of this server, such as localhost, is another origin, which the control server refuses.
    const isPage = method === 'GET' && pathname === '/' && headers.host === host;
    const isRegistration = method === 'POST' && pathname === '/register';
    const answer = await askRelay(incoming, isPage || isRegistration);
    const { statusCode = 502 } = answer;
    const answered = without(answer.headers, HOP_BY_HOP);
    if (!(isPage || isRegistration)) {
      response.writeHead(statusCode, answered);
      return pipeline(answer, response);
    }
    const text = await textOf(answer);
    const body = isPage ? pageWithDrawer(text, scriptUrl) : registrationOf(text, statusCode);
    const policy = String(answered['content-security-policy'] ?? '');
    response.writeHead(statusCode, {
      ...answered,
      'content-length': Buffer.byteLength(body),
      ...(isPage ? { 'content-security-policy': policyWithOrigin(policy, new URL(scriptUrl).origin) } : {}),
    });
    response.end(body);
  }

  function askRelay(incoming: IncomingMessage, isPlain: boolean): Promise<IncomingMessage> {
    const headers = without(incoming.headers, isPlain ? [...HOP_BY_HOP, 'accept-encoding'] : HOP_BY_HOP);
    return new Promise((resolve, reject) => {
      const { method, url: path } = incoming;
      // A connection that is kept would end with the relay, in the middle of a request.
      const outgoing = request({
        host: relayHost,
        port: relayPort,
        method,
        path,
        headers,
        agent: false,
      });
      outgoing.once('response', resolve).on('error', reject);
      incoming.on('error', reject).pipe(outgoing);
    });
  }

  function registrationOf(text: string, status: number): string {
    if (status !== 200) return text;
    if (Date.now() >= tokensEnd) {
      registered.resolve();
      return text;
    }
    const { token, ...rest } = JSON.parse(text) as { token: string };
    return JSON.stringify({ ...rest, token: endingAt(token, Math.floor(tokensEnd / 1000)) });
  }

  /** Hands the request on as it came: the two ends then speak to each other. */
  function tunnel(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { method, url, rawHeaders } = incoming;
    const upstream: Socket = connect(Number(relayPort), relayHost, () => {
      const lines = [`${method} ${url} HTTP/1.1`];
      for (let index = 0; index < rawHeaders.length; index += 2)
        lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`);
      upstream.write(`${lines.join('\r\n')}\r\n\r\n`);
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    upgraded.add(socket);
    const end = () => {
      upgraded.delete(socket);
      socket.destroy();
      upstream.destroy();
    };
    for (const side of [socket, upstream]) side.on('error', end).on('close', end);
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });

  const cutAll = () => {
    for (const socket of upgraded) socket.destroy();
  };
  return {
    url: `http://${host}`,
    async cut(forMs) {
      closedUntil = Date.now() + forMs;
      cutAll();
      await sleep(forMs);
    },
    endTokensAt(end) {
      tokensEnd = end;
      registered = Promise.withResolvers();
    },
    nextRegistration: () => registered.promise,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        cutAll();
        server.closeAllConnections();
      }),
  };
}

function without<T extends NodeJS.Dict<string | string[]>>(headers: T, names: readonly string[]): T {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name))) as T;
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
