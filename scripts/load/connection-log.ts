import type { ConnectionView } from './conversation-check.ts';
import type { Measurements } from './measurements.ts';

/** An interim transcript that was published so shortly before a connection ended may have been lost with it. */
const IN_FLIGHT_MS = 2_000;

/** What happens to the connection of one desktop, and how long it takes. */
export class ConnectionLog implements ConnectionView {
  readonly #measured: Measurements;
  readonly #now: () => number;
  /** Times without a connection; the last one may last. */
  readonly #away: { from: number; to: number }[] = [];
  #isConnected = false;
  #isJoined = false;
  #isStalled = false;
  #joins = 0;
  #liveSince = Number.POSITIVE_INFINITY;
  #connectingSince: number | undefined;
  #joiningSince: number | undefined;
  #lostAt: number | undefined;

  constructor(measured: Measurements, now = () => performance.now()) {
    this.#measured = measured;
    this.#now = now;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** Whether the connection was lost and the desktop is not in its conversation again. */
  get isReturning(): boolean {
    return this.#lostAt !== undefined;
  }

  get liveSince(): number {
    return this.#liveSince;
  }

  get joins(): number {
    return this.#joins;
  }

  /** The desktop begins to connect for the first time. */
  connecting(): void {
    this.#connectingSince = this.#now();
  }

  connected(): void {
    const now = this.#now();
    this.#isConnected = true;
    this.#measured.addConnected(1);
    if (this.#connectingSince !== undefined) this.#measured.connects.record(now - this.#connectingSince);
    this.#connectingSince = undefined;
    this.#joiningSince = now;
  }

  /** The desktop asks for a conversation, now or once it has a connection. */
  joining(): void {
    this.#joiningSince = this.#now();
  }

  joined(): void {
    const now = this.#now();
    this.#joins += 1;
    if (this.#joiningSince !== undefined) this.#measured.joins.record(now - this.#joiningSince);
    this.#joiningSince = undefined;
    if (this.#lostAt !== undefined) this.#measured.reconnects.record(now - this.#lostAt);
    this.#lostAt = undefined;
    if (!this.#isJoined) {
      this.#isJoined = true;
      this.#measured.addJoined(1);
      if (!this.#isStalled) this.#liveSince = now;
    }
    const last = this.#away.at(-1);
    if (last?.to === Number.POSITIVE_INFINITY) last.to = now;
  }

  lost(reason: string): void {
    const now = this.#now();
    this.#measured.losses.add(reason);
    this.#lostAt ??= now;
    this.#away.push({ from: now - IN_FLIGHT_MS, to: Number.POSITIVE_INFINITY });
    this.closed();
  }

  /** The connection is gone and nobody misses it. */
  closed(): void {
    if (this.#isConnected) this.#measured.addConnected(-1);
    if (this.#isJoined) this.#measured.addJoined(-1);
    this.#isConnected = false;
    this.#isJoined = false;
    this.#liveSince = Number.POSITIVE_INFINITY;
  }

  /** The desktop does not read from now on. */
  stalled(): void {
    this.#isStalled = true;
    this.#liveSince = Number.POSITIVE_INFINITY;
  }

  reading(): void {
    this.#isStalled = false;
    if (this.#isJoined) this.#liveSince = this.#now();
  }

  /** Whether what was published then may have had no connection to arrive on. */
  wasAway(at: number): boolean {
    return this.#away.some(({ from, to }) => from <= at && at <= to);
  }
}
