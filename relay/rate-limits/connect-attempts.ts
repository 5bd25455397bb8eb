interface Attempts {
  /** A packet is being judged, or the connection is a desktop's. */
  isTaken: boolean;
  refusals: number;
}

/**
 * Lets each connection be one desktop. Socket.IO takes any number of CONNECT packets on one connection. Each would be
 * another desktop with conversations of its own, and each refused one costs a look at its token.
 */
export class ConnectAttemptLimiter {
  readonly #refusalsMax: number;
  readonly #attempts = new WeakMap<object, Attempts>();

  constructor(refusalsMax: number) {
    this.#refusalsMax = refusalsMax;
  }

  /** Whether the connection may ask to be let in; then it is taken. */
  take(connection: object): boolean {
    const attempts = this.#attempts.get(connection) ?? { isTaken: false, refusals: 0 };
    if (attempts.isTaken || attempts.refusals >= this.#refusalsMax) return false;
    attempts.isTaken = true;
    this.#attempts.set(connection, attempts);
    return true;
  }

  /** The attempt was refused; the connection may try with another token. */
  refused(connection: object): void {
    const attempts = this.#attempts.get(connection);
    if (attempts === undefined) return;
    attempts.isTaken = false;
    attempts.refusals++;
  }
}
