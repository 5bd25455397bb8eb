/** How often a line is written at most, in milliseconds: there may be hundreds of occurrences a second. */
const LOG_EVERY_MS = 60_000;

export interface ThrottledCountLogOptions<K extends string, Context> {
  /** What is counted; a line has all of these, with 0 for what did not occur. */
  counted: readonly K[];
  /** Writes a line with the counts, and with the context of the occurrence that caused it. */
  write(counts: Readonly<Record<K, number>>, context: Context): void;
  /** Whether a line counts from the start of the process, and not from the line before. */
  isCumulative?: boolean;
  /** Milliseconds since 1970. */
  now: () => number;
}

/**
 * Counts something frequent and logs the counts: at once, and then at most once a minute.
 *
 * Nothing is written when occurrences stop, so occurrences after the last line are missing from the log.
 */
export class ThrottledCountLog<K extends string, Context = void> {
  readonly #options: ThrottledCountLogOptions<K, Context>;
  #counts: Record<K, number>;
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(options: ThrottledCountLogOptions<K, Context>) {
    this.#options = options;
    this.#counts = this.#zeros();
  }

  count(what: K, context: Context, times = 1): void {
    this.#counts[what] += times;
    const { write, isCumulative = false, now } = this.#options;
    if (now() - this.#loggedAt < LOG_EVERY_MS) return;
    this.#loggedAt = now();
    write(this.#counts, context);
    if (!isCumulative) this.#counts = this.#zeros();
  }

  #zeros(): Record<K, number> {
    return Object.fromEntries(this.#options.counted.map((what) => [what, 0])) as Record<K, number>;
  }
}
