import type { ServerResponse } from 'node:http';

/** What WebChannel's server says about a session in each answer to a POST: whether a GET is there, and how far it is. */
type PostAnswer = [hasGet: 0 | 1, lastArray: number, waitingBytes: number];

/** One client's channel: what it has sent, and what waits for its GET. Source: closure-net, WebChannel version 8. */
export class WebChannelSession {
  readonly sid = crypto.randomUUID();
  readonly gsessionid = crypto.randomUUID();
  readonly #keepAliveMs: number;
  /** What the client has not confirmed. A GET with an older `AID` is sent it again. */
  #arrays: { id: number; values: readonly unknown[] }[] = [];
  #lastArray = 0;
  #messages = 0;
  #get: ServerResponse | undefined;
  #endsAfterArray = false;
  #isFinished = false;
  #keepAlive: NodeJS.Timeout | undefined;

  constructor(keepAliveMs: number) {
    this.#keepAliveMs = keepAliveMs;
  }

  /** Sends an array to the client now, or with its next GET. */
  send(...values: unknown[]): void {
    const array = { id: ++this.#lastArray, values };
    this.#arrays.push(array);
    this.#write([array]);
  }

  /** Tells the client that nothing more comes. */
  finish(): void {
    this.send('close');
    this.#isFinished = true;
    this.detach();
  }

  /** The messages of a POST that are new: a POST is repeated when its connection breaks. */
  receive(form: URLSearchParams): unknown[] {
    const offset = Number(form.get('ofs') ?? 0);
    const count = Number(form.get('count') ?? 0);
    const messages: unknown[] = [];
    for (let index = 0; index < count; index++) {
      if (offset + index < this.#messages) continue;
      this.#messages = offset + index + 1;
      messages.push(JSON.parse(form.get(`req${index}___data__`) ?? 'null'));
    }
    return messages;
  }

  get postAnswer(): PostAnswer {
    const waiting = this.#arrays.map(({ values }) => JSON.stringify(values).length);
    return [this.#get === undefined ? 0 : 1, this.#lastArray, waiting.reduce((sum, bytes) => sum + bytes, 0)];
  }

  /** The client has every array up to this one. */
  confirm(aid: number): void {
    this.#arrays = this.#arrays.filter(({ id }) => id > aid);
  }

  /** @param endsAfterArray for a client that cannot read an answer while it arrives. */
  attach(response: ServerResponse, endsAfterArray: boolean): void {
    this.detach();
    this.#get = response;
    this.#endsAfterArray = endsAfterArray;
    this.#keepAlive = setInterval(() => this.send('noop'), this.#keepAliveMs);
    response.once('close', () => {
      if (this.#get === response) this.#forget();
    });
    response.flushHeaders();
    if (this.#arrays.length > 0) this.#write(this.#arrays);
    if (this.#isFinished) this.detach();
  }

  /** Ends the GET; the client sends another, and misses nothing. */
  detach(): void {
    const response = this.#get;
    this.#forget();
    response?.end();
  }

  #write(arrays: readonly { id: number; values: readonly unknown[] }[]): void {
    this.#get?.write(chunk(arrays.map(({ id, values }) => [id, values])));
    if (this.#endsAfterArray) this.detach();
  }

  #forget(): void {
    clearInterval(this.#keepAlive);
    this.#get = undefined;
  }
}

/** `LENGTH\nJSON`, with the length in UTF-16 units. */
export function chunk(value: unknown): string {
  const json = JSON.stringify(value);
  return `${json.length}\n${json}`;
}
