import { setTimeout as sleep } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import type { StreamLimits } from '../limits.ts';
import { STREAM_CODE, StreamError } from '../stream-error.ts';
import { arraysIn } from './arrays.ts';
import { ChunkParser } from './chunk-parser.ts';
import { asStreamError, errorFailure } from './failures.ts';
import { readHandshake } from './handshake.ts';
import {
  type ChannelIds,
  OPEN_BODY,
  openQuery,
  receiveQuery,
  sendBody,
  sendQuery,
  terminateQuery,
} from './requests.ts';
import { SilenceTimer } from './silence-timer.ts';
import { isBroken, type UpstreamCalls } from './upstream-calls.ts';

/** One open stream to Dialogflow. */
export interface Channel {
  /**
   * Sends a message, after those of the calls before; resolves when Dialogflow has taken it. A failure ends the stream.
   *
   * @throws {StreamError}
   */
  send(message: object): Promise<void>;
  /**
   * What Dialogflow sends, with camelCase keys. May be iterated once; while it is not, nothing is read. It ends when
   * Dialogflow ends the stream or {@link close} is called, and throws a {@link StreamError} for any other end.
   */
  readonly messages: AsyncIterable<object>;
  /** Ends the stream. A second call does nothing. */
  close(): void;
}

export interface WebChannelDeps {
  path: string;
  calls: UpstreamCalls;
  limits: StreamLimits;
}

/** Ends that no one needs to be told of: the caller's own, and Dialogflow's when it has no more to send. */
const CLOSED = new StreamError(STREAM_CODE.unavailable, 'the stream is closed');
const ENDED = new StreamError(STREAM_CODE.unavailable, 'Dialogflow has ended the stream');

/** A stream over WebChannel, version 8. */
export class WebChannel implements Channel {
  readonly messages: AsyncIterable<object>;
  readonly #deps: WebChannelDeps;
  /** Aborted with the reason, a StreamError, when the stream has ended. */
  readonly #end = new AbortController();
  readonly #ageTimer: NodeJS.Timeout;
  #ids: ChannelIds | undefined;
  #rid = 1 + Math.floor(Math.random() * 90_000);
  #sent = 0;
  #lastArray = 0;
  #sends: Promise<void> = Promise.resolve();

  constructor(deps: WebChannelDeps) {
    this.#deps = deps;
    this.messages = this.#receive();
    const { streamAgeMs } = deps.limits;
    const message = `a stream ends after ${streamAgeMs / 60_000} minutes: open another`;
    const end = () => this.#finish(new StreamError(STREAM_CODE.unavailable, message));
    this.#ageTimer = setTimeout(end, streamAgeMs);
  }

  onEnd(listener: () => void): void {
    this.#end.signal.addEventListener('abort', listener, { once: true });
  }

  async open(): Promise<void> {
    const { limits } = this.#deps;
    try {
      this.#ids = await this.#post(openQuery(this.#rid++), OPEN_BODY, limits.openTimeoutMs, readHandshake);
    } catch (error) {
      throw this.#fail(error);
    }
  }

  send(message: object): Promise<void> {
    const sent = this.#sends.then(() => this.#send(message));
    this.#sends = sent.catch(() => {});
    return sent;
  }

  close(): void {
    this.#finish(CLOSED);
  }

  async #send(message: object): Promise<void> {
    this.#end.signal.throwIfAborted();
    const query = sendQuery(this.#openIds(), this.#rid++, this.#lastArray);
    try {
      const { sendTimeoutMs } = this.#deps.limits;
      await this.#post(query, sendBody(message, this.#sent++), sendTimeoutMs, ({ body }) => body.dump());
    } catch (error) {
      // Dialogflow may or may not have it, and could not tell the order of later ones.
      throw this.#fail(error);
    }
  }

  async *#receive(): AsyncGenerator<object, void> {
    const { fruitlessReceivesMax, receiveRetryMs } = this.#deps.limits;
    const { signal } = this.#end;
    try {
      for (let fruitless = 0; fruitless < fruitlessReceivesMax; ) {
        signal.throwIfAborted();
        const before = this.#lastArray;
        yield* this.#receiveOnce();
        // The GET has ended and the stream has not: another GET goes on behind the last array.
        fruitless = this.#lastArray > before ? 0 : fruitless + 1;
        if (fruitless > 0) await sleep(receiveRetryMs * 2 ** (fruitless - 1), undefined, { signal });
      }
      throw new StreamError(STREAM_CODE.unavailable, 'Dialogflow keeps closing the stream');
    } catch (error) {
      const reason = this.#fail(error);
      if (reason !== CLOSED && reason !== ENDED) throw reason;
    } finally {
      this.close();
    }
  }

  /** The messages of one GET, until it ends or its connection breaks. */
  async *#receiveOnce(): AsyncGenerator<object, void> {
    const { path, calls, limits } = this.#deps;
    const { signal } = this.#end;
    const target = path + receiveQuery(this.#openIds(), this.#lastArray);
    const request = { target, timeoutMs: limits.openTimeoutMs, isOpen: true, signal };
    const body = await calls.call(request, async (answer) => answer.body);
    const onEnd = () => body.destroy(signal.reason);
    signal.addEventListener('abort', onEnd, { once: true });
    if (signal.aborted) onEnd();
    // The part of a chunk that the GET before has left is sent again.
    const parser = new ChunkParser(limits.chunkMaxUnits);
    const silence = new SilenceTimer(limits.silenceMaxMs, (reason) => body.destroy(reason));
    try {
      silence.start();
      for await (const bytes of body) {
        // A desktop that reads slowly is not Dialogflow's silence.
        silence.stop();
        for (const chunk of parser.push(bytes)) yield* this.#messagesIn(chunk);
        silence.start();
      }
    } catch (error) {
      if (!isBroken(error)) throw error;
    } finally {
      silence.stop();
      signal.removeEventListener('abort', onEnd);
    }
  }

  *#messagesIn(chunk: unknown): Generator<object, void> {
    for (const { id, payload } of arraysIn(chunk)) {
      // After a resume Dialogflow may send arrays again.
      if (id <= this.#lastArray) continue;
      this.#lastArray = id;
      if (payload.kind === 'error') throw errorFailure(payload.error);
      if (payload.kind === 'message') yield payload.message;
      else if (payload.word === 'close') throw ENDED;
      else if (payload.word === 'stop') {
        throw new StreamError(STREAM_CODE.unavailable, 'Dialogflow has stopped the stream');
      }
    }
  }

  #post<T>(
    query: string,
    body: string,
    timeoutMs: number,
    read: (answer: Dispatcher.ResponseData) => Promise<T>,
    signal = this.#end.signal,
  ): Promise<T> {
    const { path, calls } = this.#deps;
    return calls.call(
      { target: path + query, body, timeoutMs, isOpen: this.#ids !== undefined, signal },
      read,
    );
  }

  #openIds(): ChannelIds {
    if (this.#ids === undefined) throw new Error('the stream is not open yet');
    return this.#ids;
  }

  /** Ends the stream because of an error; returns why it has ended, which may have been another reason before. */
  #fail(error: unknown): StreamError {
    this.#finish(asStreamError(error));
    return this.#end.signal.reason;
  }

  #finish(reason: StreamError): void {
    if (this.#end.signal.aborted) return;
    clearTimeout(this.#ageTimer);
    this.#end.abort(reason);
    if (this.#ids === undefined || reason === ENDED) return;
    // Else Dialogflow would keep the stream until it notices that no one reads it.
    const query = terminateQuery(this.#ids, this.#rid++);
    const { signal } = new AbortController();
    const { sendTimeoutMs } = this.#deps.limits;
    this.#post(query, '', sendTimeoutMs, ({ body }) => body.dump(), signal).catch(() => {});
  }
}
