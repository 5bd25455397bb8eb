import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningChild } from './child.ts';

/** A process in whose place another one can be started. */
export interface Restartable {
  /** Resolves with an error when it ends by itself, or cannot be started again; never when it was stopped. */
  failed: Promise<Error>;
  /**
   * Ends it, and starts it again after a pause in milliseconds. Resolves when it is ready.
   *
   * @throws {Error} when it does not start, or is stopped meanwhile.
   */
  restart(pauseMs?: number): Promise<void>;
  /** Ends it for good; a second call does no harm. */
  stop(): Promise<void>;
}

/** @param start starts the process; called again for each restart. */
export async function startRestartable(start: () => Promise<RunningChild>): Promise<Restartable> {
  const failure = Promise.withResolvers<Error>();
  const stopped = new AbortController();
  let child = await begin();
  /** Restarts follow each other. Never rejects. */
  let restarting = Promise.resolve();

  async function begin(): Promise<RunningChild> {
    const begun = await start();
    void begun.failed.then(failure.resolve);
    return begun;
  }

  async function startAgain(pauseMs: number): Promise<void> {
    stopped.signal.throwIfAborted();
    await child.stop();
    await sleep(pauseMs, undefined, { signal: stopped.signal });
    child = await begin();
  }

  return {
    failed: failure.promise,
    restart(pauseMs = 0) {
      const restart = restarting.then(() => startAgain(pauseMs));
      restarting = restart.catch((error: Error) => {
        if (!stopped.signal.aborted) failure.resolve(error);
      });
      return restart;
    },
    async stop() {
      stopped.abort();
      await restarting;
      await child.stop();
    },
  };
}
