/** How often the same line is written at most, in milliseconds. */
const EVERY_MS = 60_000;

/** Lets a line of the log pass at once, and the same one again a minute later, with the number of those held back. */
export class RepeatedLines {
  readonly #seen = new Map<string, { writtenAt: number; heldBack: number }>();

  /**
   * How many of the same line were held back since the last one that passed; undefined when this one is held back, too.
   *
   * @param now Milliseconds since 1970.
   */
  heldBack(line: string, now: number): number | undefined {
    const seen = this.#seen.get(line);
    if (seen !== undefined && now - seen.writtenAt < EVERY_MS) {
      seen.heldBack++;
      return undefined;
    }
    this.#seen.set(line, { writtenAt: now, heldBack: 0 });
    return seen?.heldBack ?? 0;
  }

  /** What the lines told of is over: the next ones tell of something new. */
  forget(): void {
    this.#seen.clear();
  }
}
