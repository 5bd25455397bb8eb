import type { IncomingMessage, ServerResponse } from 'node:http';
import * as v from 'valibot';
import { type LoopbackServer, startLoopbackServer } from '../../local/loopback-server.ts';
import { FAULTS, PATHS, SPEEDS } from './api.ts';
import type { Control } from './control.ts';

export interface ControlServerOptions {
  /** The only origin whose pages may use it. */
  pageOrigin: string;
  /** The script of the drawer. */
  script: string | Buffer;
  control: Control;
}

const BODY_MAX_BYTES = 16 * 1024;

/** A request that is refused; the message says why. */
class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const name = v.pipe(v.string(), v.maxLength(256));
const stateRequest = v.strictObject({
  conversations: v.pipe(v.array(name), v.maxLength(50)),
  after: v.pipe(v.number(), v.integer(), v.minValue(0)),
});
const settings = v.strictObject({
  speed: v.optional(v.picklist(SPEEDS)),
  isPaused: v.optional(v.boolean()),
  duplicates: v.optional(v.boolean()),
  reorder: v.optional(v.boolean()),
});
const play = v.strictObject({ scenario: v.nullable(name) });
const fault = v.strictObject({ fault: v.picklist(FAULTS) });

/**
 * Serves the drawer on a free loopback port. It restarts processes of the machine it runs on, so it answers pages of one
 * origin only: no other page may read an answer, and none can send a request that does something.
 */
export async function startControlServer(options: ControlServerOptions): Promise<LoopbackServer> {
  const { pageOrigin, script, control } = options;
  const allowing = { 'access-control-allow-origin': pageOrigin, vary: 'Origin' };
  const plain = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

  const server: LoopbackServer = await startLoopbackServer((request, response) => {
    respond(request, response).catch((error: unknown) => refuse(request, response, error));
  });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers, method, url = '' } = request;
    // A page whose own name was made to lead to this machine (DNS rebinding) says that name.
    if (headers.host !== new URL(server.url).host) throw new Refused(403, 'another host');
    if (headers.origin !== pageOrigin) throw new Refused(403, 'another origin');
    if (method === 'OPTIONS') return allowPreflight(response);
    if (url === PATHS.script) {
      if (method !== 'GET') throw new Refused(405, 'expected GET');
      response
        .writeHead(200, { ...plain, ...allowing, 'content-type': 'text/javascript; charset=utf-8' })
        .end(script);
      return;
    }
    if (method !== 'POST') throw new Refused(405, 'expected POST');
    // Other types need no preflight, so that a page of any origin could send them.
    if (!/^application\/json(;|$)/i.test(headers['content-type'] ?? ''))
      throw new Refused(415, 'expected application/json');
    const answer = perform(url, await jsonOf(request));
    response
      .writeHead(200, { ...plain, ...allowing, 'content-type': 'application/json; charset=utf-8' })
      .end(JSON.stringify(answer));
  }

  function perform(path: string, body: unknown): object {
    switch (path) {
      case PATHS.state:
        return control.state(parsed(stateRequest, body));
      case PATHS.settings:
        control.set(parsed(settings, body));
        return {};
      case PATHS.play:
        if (!control.play(parsed(play, body).scenario)) throw new Refused(400, 'no such scenario');
        return {};
      case PATHS.fault:
        if (!control.fault(parsed(fault, body).fault)) throw new Refused(409, 'not now');
        return {};
      default:
        throw new Refused(404, 'not found');
    }
  }

  function allowPreflight(response: ServerResponse): void {
    response
      .writeHead(204, {
        ...allowing,
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': 'content-type',
        'access-control-max-age': '600',
      })
      .end();
  }

  function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const { status, message } = error instanceof Refused ? error : new Refused(500, 'failed');
    const isPage = request.headers.origin === pageOrigin;
    // What was not read of the body is not waited for.
    response
      .writeHead(status, {
        ...plain,
        ...(isPage ? allowing : {}),
        'content-type': 'text/plain; charset=utf-8',
        connection: 'close',
      })
      .end(`${message}\n`);
  }

  return server;
}

function parsed<T extends v.GenericSchema>(schema: T, body: unknown): v.InferOutput<T> {
  const result = v.safeParse(schema, body);
  if (!result.success) throw new Refused(400, 'malformed');
  return result.output;
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  // A request that is destroyed takes the answer with it.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_MAX_BYTES) throw new Refused(413, 'too large');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new Refused(400, 'malformed');
  }
}
