import type { Socket } from 'socket.io';
import type { RefusalReason } from '../../refusals/reasons.ts';
import type { RefusalLog } from '../../refusals/refusals.ts';
import type { UpgradeRefusals } from '../../refusals/refuse-upgrade.ts';

type Engine = Socket['conn'];

/** What notes the refusals of a connection whose token was accepted. */
type SessionOf = (engine: Engine) => { noteRefusal(reason: RefusalReason): void } | undefined;

/** By the texts of Engine.IO and ws, which keep the codes of their errors to themselves. */
const ERRORS: readonly [text: RegExp, reason: RefusalReason][] = [
  [/Max payload size exceeded/, 'frame-too-large'],
  [/Invalid WebSocket frame|Invalid UTF-8 sequence/, 'bad-websocket-frame'],
  [/^parse error$/, 'bad-packet'],
  [/overlap from client|^invalid content$/, 'engine-request'],
];

/** Timers may be this much early, in milliseconds. */
const EARLY_MS = 50;

/** Notes why connections of Socket.IO end that Engine.IO and Socket.IO close by themselves, and say nothing of it. */
export class EngineCloses {
  readonly #deps: UpgradeRefusals;
  readonly #sessionOf: SessionOf;
  readonly #authTimeoutMs: number;
  /** Since when connections wait for their token, by a monotonic clock. */
  readonly #pendingSince = new WeakMap<Engine, number>();
  /** One for all connections, which calls it with itself as `this`. */
  readonly #onClose: (this: Engine, why: string, error?: unknown) => void;

  constructor(deps: UpgradeRefusals, sessionOf: SessionOf, authTimeoutMs: number) {
    this.#deps = deps;
    this.#sessionOf = sessionOf;
    this.#authTimeoutMs = authTimeoutMs;
    const closed = (engine: Engine, why: string, error: unknown) => this.#closed(engine, why, error);
    this.#onClose = function (why, error) {
      closed(this, why, error);
    };
  }

  watch(engine: Engine): void {
    this.#pendingSince.set(engine, performance.now());
    engine.on('close', this.#onClose);
  }

  /** Its token was accepted, or it was refused and that is noted: it no longer waits. */
  settled(engine: Engine): void {
    this.#pendingSince.delete(engine);
  }

  /** Notes that a connection is refused something. */
  note(engine: Engine, reason: RefusalReason): void {
    this.settled(engine);
    const session = this.#sessionOf(engine);
    if (session) session.noteRefusal(reason);
    else noteEngine(engine, reason, this.#deps);
  }

  #closed(engine: Engine, why: string, error: unknown): void {
    const text = error instanceof Error ? error.message : why;
    const [, reason] = ERRORS.find(([pattern]) => pattern.test(text)) ?? [];
    if (reason !== undefined) this.note(engine, reason);
    else if (why === 'forced close' && this.#isLate(engine)) this.note(engine, 'auth-timeout');
  }

  #isLate(engine: Engine): boolean {
    const since = this.#pendingSince.get(engine) ?? Number.POSITIVE_INFINITY;
    return performance.now() - since >= this.#authTimeoutMs - EARLY_MS;
  }
}

/** Notes a refused connection whose token is unknown. */
export function noteEngine(
  engine: Engine,
  reason: RefusalReason,
  { refusals, clientInfoOf }: { refusals: RefusalLog; clientInfoOf: UpgradeRefusals['clientInfoOf'] },
): void {
  // The request is let go of once a desktop is connected.
  const request = engine.request as Engine['request'] | null;
  refusals.note(reason, { refused: 'connection', client: request ? clientInfoOf(request) : undefined });
}
