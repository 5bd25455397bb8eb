/** Longer than any test: an answer that is held ends with a cancel or with its stream. */
const HELD_MS = 600_000;

/** How fast the simulator's companion answers. */
export class CompanionPace {
  readonly #partMs: number;
  #holdsNext = false;

  /** @param partMs between two parts of an answer, in milliseconds. */
  constructor(partMs: number) {
    this.#partMs = partMs;
  }

  /** The simulator's option of this name. */
  readonly partMs = (): number => {
    const isHeld = this.#holdsNext;
    this.#holdsNext = false;
    return isHeld ? HELD_MS : this.#partMs;
  };

  /** Holds the next answer after its first part, so that a test acts within it however slow the machine is. */
  holdNext(): void {
    this.#holdsNext = true;
  }
}
