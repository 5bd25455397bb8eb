import type { Test } from 'uvu';

/** Something that a test opens and a fixture closes. */
export interface Closable {
  close(): unknown;
}

/**
 * Owns what the tests of one file open. What a test opens is closed after that test, and everything else after the file.
 * The last thing opened is the first thing closed. A step that fails does not keep the others from running.
 */
export class Fixture {
  readonly #ofFile = new AsyncDisposableStack();
  #ofTest: AsyncDisposableStack | undefined;

  constructor(test: Test) {
    test.before(() => reported(this.start()));
    test.before.each(() => {
      this.#ofTest = new AsyncDisposableStack();
    });
    test.after.each(() => {
      const opened = this.#ofTest;
      this.#ofTest = undefined;
      return opened && reported(opened.disposeAsync());
    });
    test.after(() => reported(this.#ofFile.disposeAsync()));
  }

  /** Runs before the first test and before the hooks of the file itself. */
  protected async start(): Promise<void> {}

  /** Closes it after the test that is running, or after the file where none is. */
  keep<T extends Closable>(opened: T): T {
    this.defer(() => opened.close());
    return opened;
  }

  /** Runs a step after the test that is running, or after the file where none is. */
  defer(step: () => unknown): void {
    (this.#ofTest ?? this.#ofFile).defer(async () => void (await step()));
  }
}

/** A file whose hook throws fails, but uvu does not print why. */
async function reported(step: Promise<void>): Promise<void> {
  try {
    await step;
  } catch (error) {
    console.error(error);
    throw error;
  }
}
