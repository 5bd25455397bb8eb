/** Runs asynchronous tasks one after another, in the order they were added. */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve();
  #size = 0;

  /** Whether a task waits behind the one that is running. */
  get hasWaiting(): boolean {
    return this.#size > 1;
  }

  /** Resolves or rejects as the task does. A task that fails does not stop the next. */
  run<T>(task: () => Promise<T>): Promise<T> {
    this.#size++;
    const result = this.#tail.then(task).finally(() => {
      this.#size--;
    });
    this.#tail = result.catch(() => {});
    return result;
  }
}
