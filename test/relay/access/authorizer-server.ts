import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Question } from '../../../relay/access/authorizer-webhook.ts';
import { listen } from '../../helpers/listen.ts';

/** What came with one call. */
export interface Asked extends Question {
  trace?: string;
  headers: IncomingHttpHeaders;
  method: string;
  path: string;
}

/** Answers one call; leaves it open when it does nothing. */
export type Reply = (response: ServerResponse, asked: Asked) => unknown;

export const json =
  (body: unknown, status = 200): Reply =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

export const ALLOW = json({ decision: 'allow' });
export const DENY = json({ decision: 'deny' });
/** Takes the call and never answers. */
export const SILENCE: Reply = () => {};
/** Takes the call and breaks the connection. */
export const BREAK: Reply = (response) => response.destroy();

/** An integrator's webhook on a loopback port. */
export class AuthorizerServer {
  readonly asked: Asked[] = [];
  /** By conversation; `reply` for all others. */
  readonly replies = new Map<string | null, Reply>();
  reply: Reply = ALLOW;
  url = '';
  readonly #server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    const asked: Asked = { ...JSON.parse(await text(request)), headers, method, path: url };
    this.asked.push(asked);
    (this.replies.get(asked.conversation) ?? this.reply)(response, asked);
  });

  async start(): Promise<this> {
    this.url = `http://127.0.0.1:${await listen(this.#server)}/authorize?tenant=1`;
    return this;
  }

  get last(): Asked {
    const last = this.asked.at(-1);
    if (last === undefined) throw new Error('nobody has asked');
    return last;
  }

  /** The actions that were asked about a conversation. */
  actions(conversation: string | null): string[] {
    return this.asked.filter((asked) => asked.conversation === conversation).map(({ action }) => action);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
