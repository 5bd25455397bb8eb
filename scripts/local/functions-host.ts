import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { EVENT_KINDS, type EventKind } from '../../shared/event.ts';
import { type RunningChild, startChild } from './child.ts';
import { onFreePort } from './free-port.ts';
import { LOOPBACK_ONLY } from './loopback-preload.ts';

export interface FunctionsHostOptions {
  /** Where the build put the functions, one folder a kind. */
  directory: string;
  /** What the functions are configured with, beside the variables that a process needs. */
  env: NodeJS.ProcessEnv;
  logFileOf(kind: EventKind): string;
}

export interface FunctionsHost {
  urls: Record<EventKind, string>;
  /** Resolves with an error when a function ends by itself. */
  failed: Promise<Error>;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 45_000;

/** Starts the four built functions with Google's functions framework, as Cloud Functions does. */
export async function startFunctions(options: FunctionsHostOptions): Promise<FunctionsHost> {
  const started = await Promise.allSettled(EVENT_KINDS.map((kind) => startFunction(kind, options)));
  const running = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async () => {
    await Promise.all(running.map((each) => each.child.stop()));
  };
  const failure = started.find((result) => result.status === 'rejected');
  if (failure !== undefined) {
    await stop();
    throw failure.reason;
  }
  return {
    urls: Object.fromEntries(running.map(({ kind, url }) => [kind, url])) as Record<EventKind, string>,
    failed: Promise.race(running.map((each) => each.child.failed)),
    stop,
  };
}

export interface RunningFunction {
  kind: EventKind;
  url: string;
  child: RunningChild;
}

/** Starts one of them; a second process of a kind is another call. */
export async function startFunction(
  kind: EventKind,
  options: FunctionsHostOptions,
): Promise<RunningFunction> {
  const source = join(options.directory, kind);
  if (!existsSync(source)) throw new Error(`${source} is missing: run npm run build`);
  return onFreePort((port) => startOn(port, kind, source, options));
}

async function startOn(
  port: number,
  kind: EventKind,
  source: string,
  { env, logFileOf }: FunctionsHostOptions,
): Promise<RunningFunction> {
  const framework = createRequire(import.meta.url).resolve('@google-cloud/functions-framework');
  const child = await startChild({
    name: `the function ${kind}`,
    command: process.execPath,
    args: [
      ...LOOPBACK_ONLY,
      join(framework, '..', 'main.js'),
      ...[`--source=${source}`, `--target=${kind}`, '--signature-type=cloudevent', `--port=${port}`],
    ],
    // Without NODE_ENV=production the framework shows the text of an error to the caller.
    env: { NODE_ENV: 'production', ...env },
    logFile: logFileOf(kind),
    isReady: () => isFunction(port),
    port,
    startLimitMs: START_LIMIT_MS,
  });
  return { kind, url: `http://127.0.0.1:${port}/`, child };
}

/** A function answers GET with 405. */
async function isFunction(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.status === 405;
}
