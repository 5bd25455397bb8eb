import { mkdtempSync, rmSync } from 'node:fs';
import { Server as HttpServer } from 'node:http';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'uvu';
import { listen } from './listen.ts';

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

  /** Makes an empty directory; it is removed with all that is in it. */
  directory(): string {
    const directory = mkdtempSync(join(tmpdir(), 'agent-assist-test-'));
    this.defer(() => rmSync(directory, { recursive: true, force: true }));
    return directory;
  }

  /** Lets a server listen on a free loopback port; resolves with the port. An HTTP server is closed with its connections. */
  async listen(server: Server): Promise<number> {
    const port = await listen(server);
    this.defer(() => {
      const closed = new Promise((resolve) => server.close(resolve));
      if (server instanceof HttpServer) server.closeAllConnections();
      return closed;
    });
    return port;
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
