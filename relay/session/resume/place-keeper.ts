import type { ShortName } from '../../../shared/conversation-name.ts';
import type { Logger } from '../../../shared/log.ts';
import type { Position } from '../../../shared/stream/position.ts';
import type { Parking } from './parking.ts';
import { Receipts, type ReceiptsDeps } from './receipts.ts';

export interface PlaceKeeperDeps extends Omit<ReceiptsDeps, 'onMoved'> {
  parking: Pick<Parking, 'keep' | 'park' | 'drop'>;
  /** The token's id and the connection's. */
  token: string;
  connection: string;
  logger: Logger;
}

/** How often a moving place is written, in milliseconds: what a crash of the relay can make a desktop see again. */
const KEEP_EVERY_MS = 2_000;

/** Keeps the places of one connection's string joins: in memory with each receipt, in Redis so that they outlive it. */
export class PlaceKeeper {
  readonly #deps: PlaceKeeperDeps;
  readonly #receipts: Receipts;
  /** What Redis has of each conversation. */
  readonly #kept = new Map<ShortName, Position>();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: PlaceKeeperDeps) {
    this.#deps = deps;
    this.#receipts = new Receipts({
      canPing: deps.canPing,
      ping: deps.ping,
      onMoved: () => {
        this.#timer ??= setTimeout(() => this.#keep(), KEEP_EVERY_MS);
      },
    });
  }

  start(conversation: ShortName, position: Position): void {
    this.#receipts.startAt(conversation, position);
    this.#kept.set(conversation, position);
    const { parking, token, connection } = this.#deps;
    this.#attempt(parking.keep(conversation, token, connection, position));
  }

  sent(conversation: ShortName, position: Position): void {
    this.#receipts.sent(conversation, position);
  }

  pong(mark: string): void {
    this.#receipts.pong(mark);
  }

  heartbeat(): void {
    this.#receipts.heartbeat();
  }

  /** The desktop has left the conversation: it will want it from the beginning when it joins again. */
  forget(conversation: ShortName): void {
    if (!this.#kept.delete(conversation)) return;
    this.#receipts.forget(conversation);
    const { parking, token, connection } = this.#deps;
    this.#attempt(parking.drop(conversation, token, connection));
  }

  /** The connection has ended: `left` when its page is gone, else the places wait for it. Resolves when all is written. */
  async end({ left }: { left: boolean }): Promise<void> {
    clearTimeout(this.#timer);
    this.#receipts.close();
    const { parking, token, connection } = this.#deps;
    const writes = [...this.#kept].map(([conversation, kept]) =>
      left
        ? parking.drop(conversation, token, connection)
        : parking.park(conversation, token, connection, this.#receipts.confirmed(conversation) ?? kept),
    );
    this.#kept.clear();
    for (const result of await Promise.allSettled(writes)) {
      if (result.status === 'rejected')
        this.#deps.logger.warn({ err: result.reason }, "cannot keep a desktop's place");
    }
  }

  #keep(): void {
    this.#timer = undefined;
    const { parking, token, connection } = this.#deps;
    for (const [conversation, kept] of this.#kept) {
      const position = this.#receipts.confirmed(conversation);
      if (position === undefined || position === kept) continue;
      this.#kept.set(conversation, position);
      this.#attempt(parking.keep(conversation, token, connection, position));
    }
  }

  /** A place that could not be written makes a desktop see events again, and nothing worse. */
  #attempt(write: Promise<void>): void {
    write.catch((err: unknown) => this.#deps.logger.warn({ err }, "cannot keep a desktop's place"));
  }
}
