// A server that speaks WebChannel as far as a test scripts it, and the client that talks to it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Agent, Dispatcher } from 'undici';
import { type Credentials, NO_CREDENTIALS } from '../../../../relay/google/credentials.ts';
import { STREAM_LIMITS, type StreamLimits } from '../../../../relay/streams/limits.ts';
import type { StreamError } from '../../../../relay/streams/stream-error.ts';
import type { Channel } from '../../../../relay/streams/webchannel/channel.ts';
import { type OpenOptions, webChannelOpener } from '../../../../relay/streams/webchannel/open-channel.ts';
import { streamAgent } from '../../../../relay/streams/webchannel/upstream-calls.ts';
import type { Fixture } from '../../../helpers/fixture.ts';

export const METHOD = 'streaming_reactive_companion_suggestions';

export interface SeenRequest {
  kind: 'open' | 'send' | 'receive' | 'terminate';
  query: URLSearchParams;
  path: string;
  headers: IncomingMessage['headers'];
  form: URLSearchParams;
}

type Step = (response: ServerResponse, request: SeenRequest) => void;

/** What the server does with the n-th request of a kind; the last step is repeated. */
export interface Script {
  open?: Step[];
  send?: Step[];
  receive?: Step[];
}

/** A chunk of WebChannel. */
export function chunk(value: unknown): string {
  const json = JSON.stringify(value);
  return `${json.length}\n${json}`;
}

/** Chunks with one array each, which count up from `first`. */
export function arrays(first: number, ...payloads: unknown[]): string {
  return payloads.map((payload, index) => chunk([[first + index, [payload]]])).join('');
}

export const handshake: Step = (response) =>
  response
    .writeHead(200, { 'x-http-session-id': 'session-1' })
    .end(chunk([[0, ['c', 'sid-1', '', 8, 14, 30000]]]));
export const taken: Step = (response) => response.end(chunk([1, 0, 0]));
export const status =
  (code: number, body = 'secret detail'): Step =>
  (response) =>
    response.writeHead(code).end(body);

function kindOf({ method }: IncomingMessage, query: URLSearchParams): SeenRequest['kind'] {
  if (query.get('TYPE') === 'terminate') return 'terminate';
  if (method === 'GET') return 'receive';
  return query.get('MODE') === 'init' ? 'open' : 'send';
}

/** A scripted Dialogflow with the requests that it has seen. */
export class ScriptedUpstream {
  readonly seen: SeenRequest[] = [];
  readonly #fixture: Fixture;
  #url = '';

  private constructor(fixture: Fixture) {
    this.#fixture = fixture;
  }

  static async start(fixture: Fixture, script: Script): Promise<ScriptedUpstream> {
    const upstream = new ScriptedUpstream(fixture);
    const port = await fixture.listen(
      createServer((request, response) => upstream.#answer(script, request, response)),
    );
    upstream.#url = `http://127.0.0.1:${port}`;
    return upstream;
  }

  get url(): string {
    return this.#url;
  }

  of(kind: SeenRequest['kind']): SeenRequest[] {
    return this.seen.filter((request) => request.kind === kind);
  }

  /** Opens a stream with limits of a test. With credentials it is Google's endpoint that the client calls. */
  async open(
    limits: Partial<StreamLimits> = {},
    {
      credentials,
      signal,
      url = this.#url,
    }: { credentials?: Credentials; signal?: AbortSignal; url?: string } = {},
  ): Promise<Channel> {
    const all = { ...STREAM_LIMITS, receiveRetryMs: 1, ...limits };
    const agent = this.#fixture.keep(new ClosableAgent(streamAgent(all)));
    const open = webChannelOpener({
      endpoint: credentials === undefined ? url : undefined,
      credentials: credentials ?? NO_CREDENTIALS,
      dispatcher: credentials === undefined ? agent.agent : sentTo(url, agent.agent),
      limits: all,
    });
    const options: OpenOptions = { method: METHOD, location: 'europe-west2', ...(signal ? { signal } : {}) };
    return this.#fixture.keep(await open(options));
  }

  async #answer(script: Script, message: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const bytes of message) chunks.push(bytes as Buffer);
    const { pathname, searchParams: query } = new URL(message.url ?? '', 'http://upstream');
    const kind = kindOf(message, query);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const request: SeenRequest = { kind, query, path: pathname, headers: message.headers, form };
    const steps: Step[] = kind === 'terminate' ? [taken] : (script[kind] ?? DEFAULTS[kind]);
    const step = steps[Math.min(this.of(kind).length, steps.length - 1)];
    this.seen.push(request);
    step?.(response, request);
  }
}

const DEFAULTS = {
  open: [handshake],
  send: [taken],
  receive: [(response: ServerResponse) => response.write('')],
};

class ClosableAgent {
  readonly agent: Agent;

  constructor(agent: Agent) {
    this.agent = agent;
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }
}

/** Sends to one origin what is meant for Google's, which it names in a header. */
function sentTo(origin: string, agent: Agent): Dispatcher {
  return agent.compose((dispatch) => (options, handler) => {
    const headers = {
      ...(options.headers as Record<string, string>),
      'x-test-origin': String(options.origin),
    };
    return dispatch({ ...options, origin, headers }, handler);
  });
}

/** Reads messages to the end. */
export async function readAll(channel: Channel): Promise<object[]> {
  const messages: object[] = [];
  for await (const message of channel.messages) messages.push(message);
  return messages;
}

/** What a desktop would be told of a failure, as `CODE MESSAGE`. */
export async function failureOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'none';
  } catch (error) {
    const { name, code, message } = error as StreamError;
    return name === 'StreamError' ? `${code} ${message}` : `${name} ${message}`;
  }
}
