import { type ClientOptions, WebSocket } from 'ws';
import { type DeliveredEvent, type RequestId, type ServerFrame, SUBPROTOCOL } from '../../shared/wire.ts';
import { until } from './until.ts';

export type Frame<T extends ServerFrame['type']> = Extract<ServerFrame, { type: T }>;

let lastId = 0;

/** A client of the native protocol that keeps what it received. */
export class NativeDesktop {
  readonly socket: WebSocket;
  readonly frames: ServerFrame[] = [];
  /** The payloads as they came. */
  readonly payloads: Buffer[] = [];
  /** Resolves with the close code and the reason. */
  readonly closed: Promise<[code: number, reason: string]>;

  constructor(url: string, options: ClientOptions = {}) {
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, SUBPROTOCOL, options);
    this.socket.on('message', (payload: Buffer) => {
      this.payloads.push(payload);
      this.frames.push(JSON.parse(payload.toString()));
    });
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => resolve([code, reason.toString()]));
    });
  }

  async opened(): Promise<this> {
    if (this.socket.readyState !== WebSocket.OPEN) {
      await new Promise<void>((resolve, reject) => {
        this.socket.once('open', resolve);
        this.socket.once('error', reject);
      });
    }
    return this;
  }

  /** Opens and sends the token; resolves with the `ready` frame. */
  async ready(token: string): Promise<Frame<'ready'>> {
    await this.opened();
    this.send({ type: 'auth', token });
    await until(() => this.of('ready').length > 0);
    return this.of('ready')[0] as Frame<'ready'>;
  }

  send(frame: unknown): void {
    this.socket.send(JSON.stringify(frame));
  }

  of<T extends ServerFrame['type']>(type: T): Frame<T>[] {
    return this.frames.filter((frame): frame is Frame<T> => frame.type === type);
  }

  answersTo(id: RequestId): ServerFrame[] {
    return this.frames.filter((frame) => 'id' in frame && frame.id === id);
  }

  /** Sends a request and resolves with its answer. */
  async ask(request: { type: string; conversation: string; after?: unknown }): Promise<ServerFrame> {
    const id = `request-${++lastId}`;
    this.send({ id, ...request });
    await until(() => this.answersTo(id).length > 0);
    return this.answersTo(id)[0] as ServerFrame;
  }

  join(conversation: string, after?: unknown): Promise<ServerFrame> {
    return this.ask({ type: 'join', conversation, after });
  }

  leave(conversation: string): Promise<ServerFrame> {
    return this.ask({ type: 'leave', conversation });
  }

  get events(): DeliveredEvent[] {
    return this.of('event').map((frame) => frame.event);
  }

  messageIds(): string[] {
    return this.events.map((event) => event.message_id);
  }

  /** Waits until so many events have come, then a little longer for those that should not. */
  async received(count: number): Promise<DeliveredEvent[]> {
    await until(() => this.events.length >= count);
    await new Promise((resolve) => setTimeout(resolve, 50));
    return this.events;
  }

  close(): void {
    this.socket.terminate();
  }
}
