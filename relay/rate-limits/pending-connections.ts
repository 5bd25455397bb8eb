/**
 * Connections that have shown no token yet, upgraded or not, and Socket.IO's sessions over long polling, which have no
 * connection of their own.
 *
 * One too many ends the oldest and not the new one. A desktop shows its token within a few round trips, so a client
 * that fills the relay with silent connections pushes out its own.
 */
export class PendingConnections {
  readonly #max: number;
  readonly #onEnded: () => void;
  /** From each to what ends it, in the order of their arrival. */
  readonly #waiting = new Map<object, () => void>();

  /** @param onEnded hears of each that has to make room. */
  constructor(max: number, onEnded = () => {}) {
    this.#max = max;
    this.#onEnded = onEnded;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** @param end ends it at once, without waiting for what the other side says to it. */
  add(connection: object, end: () => void): void {
    if (this.#waiting.has(connection)) return;
    this.#waiting.set(connection, end);
    const [oldest] = this.#waiting;
    if (this.#waiting.size <= this.#max || oldest === undefined) return;
    const [oldestConnection, endIt] = oldest;
    this.#waiting.delete(oldestConnection);
    this.#onEnded();
    endIt();
  }

  /** Its token was accepted, its request was answered, or it has ended. */
  remove(connection: object): void {
    this.#waiting.delete(connection);
  }
}
