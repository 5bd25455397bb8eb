import type { CloseReason } from '../../shared/close-codes.ts';
import type { ClientFrame } from '../../shared/wire.ts';
import { backoff, MAX_PAUSE_MS } from './backoff.ts';
import { Connection, type ConnectionDeps } from './connection.ts';
import { Emitter } from './emitter.ts';
import { ClientError } from './errors.ts';
import { Memberships } from './memberships.ts';
import { isFinal, REASONS } from './reasons.ts';
import { Streams } from './streams.ts';
import { SYSTEM_CLOCK, Timers } from './timers.ts';
import type {
  Client,
  ClientEvents,
  ClientOptions,
  ClientState,
  Handler,
  JoinOptions,
  Membership,
  NetworkEvents,
  Stream,
} from './types.ts';
import { socketUrl } from './url.ts';

/**
 * Keeps one connection at a time, and decides what follows when it ends.
 *
 * ```
 *  idle ──connect()──► connecting ──ready──► ready        any ──close(), a final code──► closed
 *                        ▲   │                 │          closed ──connect()──► connecting
 *        pause, online,  │   └────── lost ─────┤
 *              connect() └─────── waiting ◄────┘
 * ```
 *
 * Handlers are called last in each step: they may call any method of the client.
 */
export class RelayClient implements Client {
  readonly #deps: ConnectionDeps;
  readonly #network: NetworkEvents | undefined;
  readonly #emitter = new Emitter();
  readonly #memberships: Memberships;
  readonly #streams = new Streams();
  readonly #timers: Timers;
  #state: ClientState = 'idle';
  #reason: CloseReason = REASONS.started;
  /** There while the state is `connecting` or `ready`. */
  #connection: Connection | undefined;
  /** Attempts in a row that did not lead to `ready`: an open WebSocket alone proves nothing. */
  #failures = 0;

  constructor(options: ClientOptions) {
    const WebSocket = options.WebSocket ?? globalThis.WebSocket;
    if (!WebSocket) throw new TypeError('no WebSocket here: pass one in, or use Node 22 or newer');
    const { getToken, clock = SYSTEM_CLOCK, random = Math.random } = options;
    this.#deps = { url: socketUrl(options.url), WebSocket, getToken, clock, random };
    this.#network = options.network ?? ('addEventListener' in globalThis ? globalThis : undefined);
    this.#memberships = new Memberships(this.#emitter, clock, random);
    this.#timers = new Timers(clock);
  }

  get state(): ClientState {
    return this.#state;
  }

  on<Name extends keyof ClientEvents>(name: Name, handler: Handler<Name>): () => void {
    return this.#emitter.on(name, handler);
  }

  connect(): void {
    if (this.#connection) return;
    this.#network?.addEventListener('online', this.#online);
    this.#network?.addEventListener('offline', this.#offline);
    this.#attempt(REASONS.started);
  }

  close(): void {
    this.#stop(REASONS.closed);
  }

  async join(conversation: string, options: JoinOptions = {}): Promise<Membership> {
    if (this.#state === 'closed') throw new ClientError('closed', 'the client is closed');
    return this.#memberships.join(conversation, options);
  }

  leave(conversation: string): void {
    this.#memberships.leave(conversation);
  }

  stream(method: string, payload: object): Stream {
    if (this.#state === 'closed') throw new ClientError('closed', 'the client is closed');
    return this.#streams.open(method, payload);
  }

  readonly #online = (): void => {
    if (this.#state === 'waiting') this.#attempt(this.#reason);
  };

  /** The browser knows sooner than any timer. */
  readonly #offline = (): void => {
    if (this.#connection) this.#connection.end(REASONS.offline);
    else this.#wait(REASONS.offline);
  };

  #attempt(reason: CloseReason): void {
    this.#timers.cancelAll();
    const connection = new Connection(this.#deps, {
      ready: () => {
        this.#failures = 0;
        const send = (frame: ClientFrame) => connection.send(frame);
        this.#memberships.connected(send);
        this.#streams.connected(send);
        this.#change('ready', REASONS.ready);
      },
      receive: (frame) => {
        if (frame.type === 'stream-data' || frame.type === 'stream-error') this.#streams.receive(frame);
        else this.#memberships.receive(frame);
      },
      report: (notice) => this.#emitter.emit('error', notice),
      ended: (why) => {
        if (this.#connection === connection) this.#lost(why);
      },
    });
    this.#connection = connection;
    this.#change('connecting', reason);
    void connection.start();
  }

  #lost(reason: CloseReason): void {
    this.#connection = undefined;
    this.#memberships.disconnected();
    this.#streams.disconnected();
    if (isFinal(reason.code)) this.#stop(reason);
    else if (reason === REASONS.drained) this.#attempt(reason);
    else this.#wait(reason);
  }

  #wait(reason: CloseReason): void {
    // Offline every attempt would fail; but browsers have been seen to miss that they are online again.
    const isOffline = reason === REASONS.offline;
    const ms = isOffline ? MAX_PAUSE_MS : backoff(this.#failures++, this.#deps.random);
    this.#timers.set('attempt', ms, () => this.#attempt(reason));
    this.#change('waiting', reason);
  }

  #stop(reason: CloseReason): void {
    if (this.#state === 'closed') return;
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.end(reason);
    this.#timers.cancelAll();
    this.#network?.removeEventListener('online', this.#online);
    this.#network?.removeEventListener('offline', this.#offline);
    this.#memberships.disconnected();
    this.#memberships.withdraw('closed', reason.reason);
    this.#streams.withdraw('the client is closed');
    this.#change('closed', reason);
  }

  #change(state: ClientState, { code, reason }: CloseReason): void {
    this.#state = state;
    this.#reason = { code, reason };
    this.#emitter.emit('state', { state, code, reason });
  }
}
