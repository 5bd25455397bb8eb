/** What has to be undone, in the order opposite to that in which it was done. */
export interface Cleanup {
  add(undo: () => Promise<void>): void;
  /** Undoes everything once; a second call waits for the first. One that fails does not keep the others from it. */
  run(): Promise<void>;
}

export function createCleanup(): Cleanup {
  const undos: (() => Promise<void>)[] = [];
  let running: Promise<void> | undefined;

  async function runAll(): Promise<void> {
    const errors: unknown[] = [];
    for (let undo = undos.pop(); undo !== undefined; undo = undos.pop()) {
      try {
        await undo();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'not everything could be stopped');
  }

  return {
    add(undo) {
      undos.push(undo);
    },
    run() {
      running ??= runAll();
      return running;
    },
  };
}
