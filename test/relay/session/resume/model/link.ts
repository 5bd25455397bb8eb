// One connection between a page and a relay, with what Engine.IO and ws make of it.
import { EventEmitter } from 'node:events';
import type { SimulatedClock } from './simulated-clock.ts';

/** How a connection ends at the page. */
export interface Ending {
  /** WebSocket close code that the relay sees. */
  code: number;
  /** Whether what the page has sent still arrives. */
  keepsSent: boolean;
  /** Whether the relay hears of it. Else its side stays open until no heartbeat is answered. */
  isHeard: boolean;
}

export interface LinkOptions {
  /** One way, in milliseconds. */
  latency: () => number;
  isPolling: boolean;
  /** Whether something in between swallows WebSocket pings. */
  swallowsPings: boolean;
}

const HEARTBEAT_MS = 25_000;
const HEARTBEAT_TIMEOUT_MS = 20_000;

/** One direction: keeps the order and takes its time. */
class Pipe {
  readonly #clock: SimulatedClock;
  readonly #latency: () => number;
  #arrivesAt = 0;
  #state: 'whole' | 'takes nothing' | 'broken' = 'whole';

  constructor(clock: SimulatedClock, latency: () => number) {
    this.#clock = clock;
    this.#latency = latency;
  }

  send(arrive: () => void): void {
    if (this.#state !== 'whole') return;
    this.#arrivesAt = Math.max(this.#arrivesAt, this.#clock.now + this.#latency());
    this.#clock.after(this.#arrivesAt - this.#clock.now, () => {
      if (this.#state !== 'broken') arrive();
    });
  }

  /** Takes nothing more, and loses what is under way unless that is kept. */
  end(keepsSent: boolean): void {
    if (this.#state !== 'broken') this.#state = keepsSent ? 'takes nothing' : 'broken';
  }
}

export class Link {
  readonly up: Pipe;
  readonly down: Pipe;
  readonly engine: SimulatedEngine;
  isOpenAtPage = true;
  isOpenAtRelay = true;
  /** What the relay sends, as a Socket.IO packet. */
  onPacket: (packet: string) => void = () => {};
  onClosedAtPage: () => void = () => {};
  /** The relay cuts it without waiting for the page. */
  onCut: () => void = () => {};
  readonly #clock: SimulatedClock;
  readonly #options: LinkOptions;
  readonly #heartbeat;
  #relayPatience;
  #pagePatience;

  constructor(clock: SimulatedClock, options: LinkOptions) {
    this.#clock = clock;
    this.#options = options;
    this.up = new Pipe(clock, options.latency);
    this.down = new Pipe(clock, options.latency);
    this.engine = new SimulatedEngine(this, options.isPolling);
    this.#heartbeat = clock.every(HEARTBEAT_MS, () => this.#askForHeartbeat());
    this.#relayPatience = clock.after(0, () => {});
    this.#pagePatience = this.#newPagePatience();
  }

  ping(mark: string): void {
    if (this.#options.swallowsPings) return;
    this.down.send(() => this.up.send(() => this.engine.transport.socket.emit('pong', Buffer.from(mark))));
  }

  /** The page, its browser or its network ends it. */
  closeAtPage({ code, keepsSent, isHeard }: Ending): void {
    if (!this.isOpenAtPage) return;
    this.isOpenAtPage = false;
    this.#clock.cancel(this.#pagePatience);
    this.down.end(false);
    const close = () => this.closeAtRelay(code);
    if (isHeard && keepsSent) this.up.send(close);
    else if (isHeard) this.#clock.after(this.#options.latency(), close);
    this.up.end(keepsSent);
    this.onClosedAtPage();
  }

  /** Nothing gets through any more, and nobody is told. */
  stall(): void {
    this.down.end(false);
    this.up.end(false);
  }

  /** The relay ends it, or learns that it has ended. */
  closeAtRelay(code: number): void {
    if (!this.isOpenAtRelay) return;
    this.isOpenAtRelay = false;
    this.#clock.cancel(this.#heartbeat);
    this.#clock.cancel(this.#relayPatience);
    this.up.end(false);
    this.down.send(() => this.closeAtPage({ code: 1006, keepsSent: false, isHeard: false }));
    this.down.end(true);
    this.engine.closed(code);
  }

  #askForHeartbeat(): void {
    this.#clock.cancel(this.#relayPatience);
    this.#relayPatience = this.#clock.after(HEARTBEAT_TIMEOUT_MS, () => this.closeAtRelay(1006));
    this.down.send(() => {
      this.#clock.cancel(this.#pagePatience);
      this.#pagePatience = this.#newPagePatience();
      this.up.send(() => {
        this.#clock.cancel(this.#relayPatience);
        this.engine.emit('packet', { type: 'pong' });
        this.engine.emit('heartbeat');
      });
    });
  }

  #newPagePatience() {
    return this.#clock.after(HEARTBEAT_MS + HEARTBEAT_TIMEOUT_MS, () =>
      this.closeAtPage({ code: 1006, keepsSent: false, isHeard: false }),
    );
  }
}

/** What engine-connection.ts and the adapter use of Engine.IO's socket. */
export class SimulatedEngine extends EventEmitter {
  readyState: 'open' | 'closed' = 'open';
  readonly writeBuffer: unknown[] = [];
  readonly transport: { name: string; socket: SimulatedWebSocket };
  readonly #link: Link;

  constructor(link: Link, isPolling: boolean) {
    super();
    this.#link = link;
    const socket = new SimulatedWebSocket(link);
    this.transport = { name: isPolling ? 'polling' : 'websocket', socket };
  }

  /** Of long polling. */
  write(packet: string, _options: unknown, done: () => void): void {
    this.#link.down.send(() => this.#link.onPacket(packet));
    this.emit('flush');
    done();
  }

  close(): void {
    if (this.transport.name === 'polling') this.#link.onCut();
    this.#link.closeAtRelay(1006);
  }

  closed(code: number): void {
    this.readyState = 'closed';
    this.transport.socket.readyState = 3;
    this.emit('close', 'transport close', code);
  }
}

/** What engine-connection.ts and close-web-socket.ts use of ws. */
class SimulatedWebSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  readonly bufferedAmount = 0;
  readonly _sender;
  readonly _socket;
  readonly #link: Link;

  constructor(link: Link) {
    super();
    this.#link = link;
    this._sender = { sendFrame: ([frame]: [Buffer]) => this.#send(frame) };
    this._socket = {
      writableCorked: 0,
      cork() {},
      uncork() {},
      resetAndDestroy: () => {
        link.onCut();
        link.closeAtRelay(1006);
      },
    };
  }

  ping(mark: string): void {
    this.#link.ping(mark);
  }

  close(code: number): void {
    this.#link.closeAtRelay(code);
  }

  terminate(): void {
    this.#link.closeAtRelay(1006);
  }

  #send(frame: Buffer): void {
    const length = (frame[1] ?? 0) & 127;
    // Behind the header is Engine.IO's `4`.
    const packet = frame.toString('utf8', length < 126 ? 3 : 5);
    this.#link.down.send(() => this.#link.onPacket(packet));
  }
}
