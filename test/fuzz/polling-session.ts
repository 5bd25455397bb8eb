import { Agent, request } from 'node:http';
import { WebSocket } from 'ws';

export interface Answer {
  /** None when the connection was cut without an answer. */
  status: number | undefined;
  body: string;
}

export interface PollingRequest {
  method?: string;
  body?: string | Buffer | undefined;
  type?: string;
  /** Parameters in place of those of the session, or beside them. */
  query?: Record<string, string>;
  /** Cuts the connection so many milliseconds after the request, whose body is announced longer than it is. */
  cutAfterMs?: number;
}

const ANSWER_LIMIT_MS = 30_000;
/** How long a half-made upgrade is given, in milliseconds: nothing tells when it has come as far as it gets. */
const UPGRADE_PATIENCE_MS = 20;

/** What follows between packets in one body. */
export const SEPARATOR = '\x1e';

/** A session of Engine.IO over long polling, in raw requests, which may come in any order and at once. */
export class PollingSession {
  readonly #url: string;
  readonly #query: Record<string, string>;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #sockets: WebSocket[] = [];

  private constructor(url: string, query: Record<string, string>) {
    this.#url = `${url}/socket.io/`;
    this.#query = { EIO: '4', transport: 'polling', ...query };
  }

  /**
   * Opens one, with parameters beside the usual ones.
   *
   * @throws when the relay does not give it a `sid`.
   */
  static async open(url: string, query: Record<string, string> = {}): Promise<PollingSession> {
    const session = new PollingSession(url, query);
    const { status, body } = await session.ask({});
    const [, sid] = /"sid\\?":\\?"([\w-]+)/.exec(body) ?? [];
    if (sid === undefined) throw new Error(`no session: ${status} ${body}`);
    session.#query.sid = sid;
    return session;
  }

  /** Sends one request; rejects when it is neither answered nor cut. */
  ask({ method = 'GET', body, type, query, cutAfterMs }: PollingRequest): Promise<Answer> {
    const url = `${this.#url}?${new URLSearchParams({ ...this.#query, ...query })}`;
    const length = Buffer.byteLength(body ?? '') + (cutAfterMs === undefined ? 0 : 10);
    const headers = {
      ...(body === undefined
        ? {}
        : { 'content-length': length, 'content-type': type ?? 'text/plain;charset=UTF-8' }),
    };
    return new Promise((resolve, reject) => {
      const sent = request(url, { method, headers, agent: this.#agent });
      const cut = () => resolve({ status: undefined, body: '' });
      const timers = [
        setTimeout(() => {
          reject(new Error(`${method} was not answered`));
          sent.destroy();
        }, ANSWER_LIMIT_MS),
        ...(cutAfterMs === undefined ? [] : [setTimeout(() => sent.destroy(), cutAfterMs)]),
      ];
      sent.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part) => {
          text += part;
        });
        response.on('end', () => resolve({ status: response.statusCode, body: text }));
        response.on('error', cut);
      });
      sent.on('error', cut);
      sent.on('close', () => {
        for (const timer of timers) clearTimeout(timer);
        cut();
      });
      if (cutAfterMs === undefined || body === undefined) sent.end(body);
      else sent.write(body);
    });
  }

  /** Whether the relay knows the session no more. */
  async isForgotten(): Promise<boolean> {
    // Of a known one the wrong version of the protocol is refused, in other words.
    const { body } = await this.ask({ query: { EIO: '3' } });
    return body.includes('Session ID unknown');
  }

  /**
   * Upgrades to a WebSocket as far as the frames do that, and resolves with what came on it. It stays open.
   *
   * @param isDone whether that text is the last to wait for.
   */
  upgrade(frames: readonly (string | Buffer)[], isDone: (text: string) => boolean): Promise<string[]> {
    const query = new URLSearchParams({ ...this.#query, transport: 'websocket' });
    const socket = new WebSocket(`${this.#url.replace('http', 'ws')}?${query}`, { perMessageDeflate: false });
    this.#sockets.push(socket);
    const texts: string[] = [];
    return new Promise((resolve) => {
      const end = () => resolve(texts);
      socket.on('open', () => {
        for (const frame of frames) socket.send(frame);
        setTimeout(end, UPGRADE_PATIENCE_MS);
      });
      socket.on('message', (data, isBinary) => {
        if (isBinary) return;
        texts.push(String(data));
        if (isDone(String(data))) end();
      });
      socket.on('error', end);
      socket.on('close', end);
    });
  }

  cutWebSockets(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  /** Ends this side's connections. */
  end(): void {
    this.#agent.destroy();
  }
}

/** Packets as a page without XMLHttpRequest posts them, to a session in JSONP. */
export const inForm = (packets: string) => new URLSearchParams({ d: packets }).toString();

/** The packets in the body of an answer, also of one in JSONP. */
export function packetsIn(body: string): string[] {
  const [, quoted] = /^___eio\[\d*\]\((.*)\);$/s.exec(body) ?? [];
  const payload = quoted === undefined ? body : String(JSON.parse(quoted));
  return payload === '' || payload === 'ok' ? [] : payload.split(SEPARATOR);
}
