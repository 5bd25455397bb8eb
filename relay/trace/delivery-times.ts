import type { Position } from '../../shared/stream/position.ts';

/** When a relay first handed each of a conversation's newest events to a desktop that was live. */
export class DeliveryTimes {
  readonly #max: number;
  #delivered: { position: Position; at: number }[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  /** An event was handed out. Its first time counts: other desktops are given it in the same turn, or late. */
  note(position: Position, now: () => number): void {
    const last = this.#delivered.at(-1)?.position;
    if (last !== undefined && last.epoch !== position.epoch) this.#delivered = [];
    else if (last !== undefined && last.offset >= position.offset) return;
    this.#delivered.push({ position, at: now() });
    if (this.#delivered.length > this.#max) this.#delivered.shift();
  }

  list(): { position: Position; at: number }[] {
    return [...this.#delivered];
  }
}
