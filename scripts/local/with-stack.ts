import { mkdtemp, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Stack, type StackOptions, startStack } from './stack.ts';

const SIGNAL_GRACE_MS = 300;

/**
 * Starts the stack, runs something on it and stops it. The logs of its processes are removed when all went well, and their
 * folder is printed otherwise.
 *
 * @param run Resolves with whether all is well; it is not waited for once `options.signal` is aborted.
 * @returns what `run` says, or undefined when `options.signal` was aborted
 * @throws {Error} when a process does not start or ends by itself.
 */
export async function withStack(
  options: Omit<StackOptions, 'logDirectory'>,
  run: (stack: Stack, logDirectory: string) => Promise<boolean>,
): Promise<boolean | undefined> {
  const { signal } = options;
  const logDirectory = await mkdtemp(join(tmpdir(), 'agent-assist-stack-'));
  let stack: Stack | undefined;
  let isKeepingLogs = true;
  try {
    stack = await startStack({ ...options, logDirectory });
    const isGood = await Promise.race([run(stack, logDirectory), rejectOn(stack.failed), stopped(signal)]);
    isKeepingLogs = !isGood;
    return isGood;
  } catch (error) {
    // Ctrl-C in a terminal reaches the children too, and may end one before we know of it.
    await sleep(SIGNAL_GRACE_MS, undefined, { signal }).catch(() => {});
    if (!signal.aborted) throw error;
    isKeepingLogs = false;
    return undefined;
  } finally {
    if (signal.aborted) console.log('\nStopping …');
    await stack?.stop();
    if (!isKeepingLogs) await rm(logDirectory, { recursive: true, force: true });
    else if (!(await isRemoved(logDirectory)))
      console.log(`The logs of every process are in ${logDirectory}`);
  }
}

/** Removes the folder if nothing has written to it: what failed then has said all there is. */
async function isRemoved(folder: string): Promise<boolean> {
  return rmdir(folder).then(
    () => true,
    () => false,
  );
}

async function rejectOn(failed: Promise<Error>): Promise<never> {
  throw await failed;
}

function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
