/**
 * Work of two steps: the first of a few at a time, the second of one after another, in the order in which they came. A
 * fault is of one work alone.
 */
export class OrderedQueue {
  readonly #ahead: number;
  /** The last works; each has to be over before the one that takes its place here begins. */
  readonly #over: Promise<unknown>[] = [];
  #count = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** @param ahead how many may have begun before the first of them is over. */
  constructor(ahead: number) {
    this.#ahead = ahead;
  }

  /** Resolves as the second step does. Rejects as one of both. */
  run<T, R>(first: () => Promise<T>, second: (prepared: T) => Promise<R>): Promise<R> {
    const place = this.#count++ % this.#ahead;
    const prepared = (this.#over[place] ?? Promise.resolve()).then(first);
    const done = this.#last.then(() => prepared).then(second);
    this.#last = done.catch(() => {});
    // What is prepared may fail before its turn has come. The queue must not keep it: it may be a page of a log.
    this.#over[place] = Promise.allSettled([prepared, done]).then(() => {});
    return done;
  }
}
