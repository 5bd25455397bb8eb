// `npm run demo`: the whole system on this machine, and a call that arrives on the agent's desktop.
import { mkdtemp, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { EXIT, runCommand } from '../cli/command.ts';
import { interruption } from '../cli/interruption.ts';
import { choosePort } from '../local/free-port.ts';
import { findEmulator } from '../local/pubsub-emulator.ts';
import type { Receipt } from './delivery-report.ts';
import { runLoop } from './demo-loop.ts';
import { notePublished, runOnce } from './demo-once.ts';
import { chooseRoute, type DemoOptions, demoCommand } from './demo-options.ts';
import { type Stack, startStack } from './stack.ts';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const USUAL_PORT = 8080;
/** The pace of `--once`. The emulator pushes what it has every 100 ms, in any order: what is said must come slower. */
const ONCE_SPEED = { direct: 10, emulator: 4 };
const SIGNAL_GRACE_MS = 300;

const signal = interruption();

await runCommand(demoCommand(), runDemo);
process.exit();

async function runDemo(options: DemoOptions): Promise<number> {
  const route = chooseRoute(options.pubsub, findEmulator(process.env));
  const logDirectory = await mkdtemp(join(tmpdir(), 'agent-assist-demo-'));
  const published: Receipt[] = [];
  let stack: Stack | undefined;
  let isKeepingLogs = true;
  try {
    console.log(`Starting; events go ${route.description} …`);
    stack = await startStack({
      distDirectory: DIST,
      emulator: route.emulator,
      port: await choosePort(options.port, USUAL_PORT),
      env: process.env,
      logDirectory,
      // At this level the functions say what became of each event, and nothing of what it says.
      logLevel: options.once ? 'debug' : 'info',
      observe: options.once ? (publisher) => notePublished(publisher, published) : (publisher) => publisher,
      signal,
    });
    const run = options.once
      ? runOnce(stack, published, ONCE_SPEED[route.emulator ? 'emulator' : 'direct'], signal)
      : runLoop(stack, logDirectory, signal);
    const isGood = await Promise.race([run, rejectOn(stack.failed), stopped(signal)]);
    isKeepingLogs = !isGood;
    return isGood ? EXIT.ok : EXIT.failed;
  } catch (error) {
    // Ctrl-C in a terminal reaches the children too, and may end one before we know of it.
    await sleep(SIGNAL_GRACE_MS, undefined, { signal }).catch(() => {});
    if (!signal.aborted) throw error;
    isKeepingLogs = false;
    // Ctrl-C is how the loop is meant to end.
    return stack !== undefined && !options.once ? EXIT.ok : EXIT.interrupted;
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
