import type { WebSocketLike } from '../../../relay/client/types.ts';
import type { FakeRelay, FakeSession } from './fake-relay.ts';

type Listener = (event: { data: unknown; code: number; reason: string }) => void;

/**
 * A WebSocket to a {@link FakeRelay}. What travels waits in two queues until a test lets it through, item by item, so
 * that a connection can be cut at any point of it. It is as strict as a browser's.
 */
export class FakeSocket implements WebSocketLike {
  readonly url: string;
  readonly protocol: string;
  /** The text of each frame that the client has sent. */
  readonly sent: string[] = [];
  /** What the client closed it with. */
  closedWith: { code: number | undefined; reason: string | undefined } | undefined;
  /** Nothing arrives any more, at either end, and nobody is told. */
  isDead = false;
  readonly #relay: FakeRelay;
  readonly #listeners = new Map<string, Listener[]>();
  #toRelay: (() => void)[] = [];
  #toClient: (() => void)[] = [];
  #state: 'connecting' | 'open' | 'over' = 'connecting';
  #session: FakeSession | undefined;

  constructor(relay: FakeRelay, url: string, protocol: string) {
    this.#relay = relay;
    this.url = url;
    this.protocol = protocol;
    this.#toRelay.push(() => this.#arrive());
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  get frames(): { type: string; [field: string]: unknown }[] {
    return this.sent.map((text) => JSON.parse(text));
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener as Listener]);
  }

  send(data: string): void {
    if (this.#state === 'connecting') throw new Error('InvalidStateError: still connecting');
    if (this.#state === 'over') return;
    this.sent.push(data);
    this.#toRelay.push(() => this.#session?.receive(data));
  }

  close(code?: number, reason?: string): void {
    if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999)) {
      throw new Error(`InvalidAccessError: ${code} is not for pages`);
    }
    if (this.#state === 'over') return;
    this.closedWith = { code, reason };
    // Node's does it so: the events come before close() returns.
    if (this.#state === 'connecting') this.#end(1006, '');
    this.#state = 'over';
    this.#toRelay.push(() => this.#relayClosed());
    this.#toClient.push(() => this.fire('close', { code: code ?? 1005, reason: reason ?? '' }));
  }

  /** Lets one thing through; false when nothing waits. */
  pass(direction: 'to relay' | 'to client'): boolean {
    if (this.isDead) return false;
    const next = (direction === 'to relay' ? this.#toRelay : this.#toClient).shift();
    next?.();
    return next !== undefined;
  }

  /** Breaks the connection: what was on its way is lost, and both ends notice. */
  cut(): void {
    this.#toRelay = [];
    this.#relayClosed();
    this.#toClient = [() => this.#end(1006, '')];
  }

  /** The relay's end. */
  peer = {
    send: (frame: unknown) => this.sendText(JSON.stringify(frame)),
    close: (code: number, reason: string) => {
      this.#relayClosed();
      this.#toClient.push(() => this.#end(code, reason));
    },
  };

  /** Sends whatever text from the relay. */
  sendText(text: unknown): void {
    this.#toClient.push(() => this.fire('message', { data: text }));
  }

  /** Calls the listeners, whatever the state: late events of a dead connection happen. */
  fire(type: string, detail: Partial<Parameters<Listener>[0]> = {}): void {
    const event = { data: undefined, code: 1006, reason: '', ...detail };
    for (const listener of this.#listeners.get(type) ?? []) listener(event);
  }

  #arrive(): void {
    if (this.#relay.reachable === 'silent') return;
    if (this.#relay.reachable === 'no') {
      this.#toClient.push(() => this.#end(1006, ''));
      return;
    }
    this.#session = this.#relay.accept(this.peer);
    this.#toClient.push(() => {
      if (this.#state !== 'connecting') return;
      this.#state = 'open';
      this.fire('open');
    });
  }

  #relayClosed(): void {
    this.#session?.closed();
    this.#session = undefined;
  }

  #end(code: number, reason: string): void {
    const wasOpen = this.#state === 'open';
    this.#state = 'over';
    if (!wasOpen) this.fire('error');
    this.fire('close', { code, reason });
  }
}
