import type { ClientFrame, ServerFrame } from '../../shared/wire.ts';
import { StreamFailed } from './errors.ts';
import type { Stream } from './types.ts';

type StreamFrame = Extract<ServerFrame, { streamId: string }>;
type Send = (frame: ClientFrame) => void;

/** What google.rpc calls UNAVAILABLE: another stream may work. */
const UNAVAILABLE = 14;

/** The streams of the application. A stream belongs to one connection, and ends with it. */
export class Streams {
  readonly #open = new Map<string, OpenStream>();
  /** Sends on the present connection, while there is one that is ready. */
  #send: Send | undefined;
  #lastId = 0;

  /** @throws {TypeError} */
  open(method: string, payload: object): Stream {
    if (typeof method !== 'string') throw new TypeError('method must be a string');
    requireMessage(payload);
    const streamId = `stream-${++this.#lastId}`;
    const stream = new OpenStream(streamId, method, payload, () => {
      this.#open.delete(streamId);
    });
    this.#open.set(streamId, stream);
    if (this.#send) stream.connected(this.#send);
    return stream;
  }

  /** A connection is ready: sends on it what was to be sent. */
  connected(send: Send): void {
    this.#send = send;
    for (const stream of this.#open.values()) stream.connected(send);
  }

  /** Streams that have not started wait for another connection. */
  disconnected(): void {
    this.#send = undefined;
    for (const stream of this.#open.values()) stream.disconnected();
  }

  /** The client is closed. */
  withdraw(reason: string): void {
    for (const stream of this.#open.values()) stream.fail(new StreamFailed(UNAVAILABLE, reason));
  }

  receive(frame: StreamFrame): void {
    const stream = this.#open.get(frame.streamId);
    if (frame.type === 'stream-data') stream?.receive(frame.payload);
    else {
      const { code, message } = frame.payload.error;
      stream?.fail(new StreamFailed(code, message));
    }
  }
}

class OpenStream implements Stream {
  readonly #streamId: string;
  readonly #participant: unknown;
  readonly #onEnd: () => void;
  /** What is sent when there is a connection. */
  #unsent: ClientFrame[];
  #send: Send | undefined;
  #messages: object[] = [];
  #end: { error?: StreamFailed } | undefined;
  /** Wakes the iteration that waits for a message. */
  #wake: () => void = () => {};

  constructor(streamId: string, method: string, payload: object, onEnd: () => void) {
    this.#streamId = streamId;
    this.#participant = 'participant' in payload ? payload.participant : undefined;
    this.#onEnd = onEnd;
    this.#unsent = [{ type: 'stream-request', streamId, method, payload }];
  }

  send(payload: object): void {
    requireMessage(payload);
    if (this.#end) throw this.#end.error ?? new StreamFailed(UNAVAILABLE, 'the stream is closed');
    const frame: ClientFrame = { type: 'stream-request', streamId: this.#streamId, payload };
    if (this.#send) this.#send(frame);
    else this.#unsent.push(frame);
  }

  cancel(): void {
    this.send({ participant: this.#participant, cancelReactiveQuery: {} });
  }

  close(): void {
    if (this.#end) return;
    this.#send?.({ type: 'end-stream', streamId: this.#streamId });
    this.#messages = [];
    this.#finish({});
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<object, void> {
    try {
      for (;;) {
        const message = this.#messages.shift();
        if (message) yield message;
        else if (this.#end?.error) throw this.#end.error;
        else if (this.#end) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.close();
    }
  }

  connected(send: Send): void {
    this.#send = send;
    for (const frame of this.#unsent) send(frame);
    this.#unsent = [];
  }

  disconnected(): void {
    if (this.#send) this.fail(new StreamFailed(UNAVAILABLE, 'the connection was lost'));
  }

  receive(message: object): void {
    if (this.#end) return;
    this.#messages.push(message);
    this.#wake();
  }

  fail(error: StreamFailed): void {
    if (!this.#end) this.#finish({ error });
  }

  #finish(end: { error?: StreamFailed }): void {
    this.#end = end;
    this.#onEnd();
    this.#wake();
  }
}

/** For applications without types. The relay would say the same, a round trip later. */
function requireMessage(payload: unknown): void {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    throw new TypeError('payload must be an object');
  }
}
