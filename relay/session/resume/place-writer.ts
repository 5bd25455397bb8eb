interface PendingWrite {
  run(): Promise<unknown>;
  hasFailed: boolean;
  /** Resolves after the first try. */
  tried: Promise<void>;
}

/** How often writes that have failed are tried again, in milliseconds. */
const RETRY_MS = 500;
/** The most groups that wait while Redis takes no writes for hours. */
const GROUPS_MAX = 20_000;

/**
 * Writes places, and tries again until Redis takes them. If a leave were not written, the page would skip events when it
 * joins again.
 */
export class PlaceWriter {
  readonly #onRefused: (err: unknown) => void;
  /** The latest write of each place that Redis has not answered yet or has not taken, by group and place. */
  readonly #pending = new Map<string, Map<string, PendingWrite>>();
  #timer: NodeJS.Timeout | undefined;

  /** @param onRefused is told of each write that Redis has refused, once. */
  constructor(onRefused: (err: unknown) => void) {
    this.#onRefused = onRefused;
  }

  /**
   * Writes a place of a group, in place of an earlier write. Resolves after the first try, whether it succeeded or not.
   */
  async write(group: string, place: string, run: () => Promise<unknown>): Promise<void> {
    const places = this.#pending.get(group) ?? new Map<string, PendingWrite>();
    const write = { run, hasFailed: false, tried: Promise.resolve() };
    this.#pending.set(group, places.set(place, write));
    write.tried = this.#try(group, place, write);
    await write.tried;
  }

  /** Resolves when Redis has answered the writes of this group that are under way, or their time is up. */
  async answered(group: string): Promise<void> {
    await Promise.all([...(this.#pending.get(group)?.values() ?? [])].map(({ tried }) => tried));
  }

  /** Whether Redis has refused a write of this group, and has not taken it since. */
  isBehind(group: string): boolean {
    return [...(this.#pending.get(group)?.values() ?? [])].some(({ hasFailed }) => hasFailed);
  }

  /** Does not try this write again, if Redis has not taken it. */
  drop(group: string, place: string): void {
    const places = this.#pending.get(group);
    places?.delete(place);
    if (places?.size === 0) this.#pending.delete(group);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#pending.clear();
  }

  async #try(group: string, place: string, write: PendingWrite): Promise<void> {
    const isLatest = () => this.#pending.get(group)?.get(place) === write;
    try {
      await write.run();
      if (isLatest()) this.drop(group, place);
    } catch (err) {
      if (!write.hasFailed) this.#onRefused(err);
      write.hasFailed = true;
      if (isLatest()) this.#retryLater();
    }
  }

  #retryLater(): void {
    const [oldest = ''] = this.#pending.keys();
    if (this.#pending.size > GROUPS_MAX) this.#pending.delete(oldest);
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.#retry(), RETRY_MS);
    this.#timer.unref();
  }

  async #retry(): Promise<void> {
    this.#timer = undefined;
    const failed = [...this.#pending].flatMap(([group, places]) =>
      [...places].filter(([, write]) => write.hasFailed).map(([place, write]) => ({ group, place, write })),
    );
    await Promise.all(failed.map(({ group, place, write }) => this.#try(group, place, write)));
  }
}
