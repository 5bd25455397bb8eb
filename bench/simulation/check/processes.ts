import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startNode } from '../../node-process.ts';
import type { Answer } from '../../preload.ts';
import type { DesktopsAnswer, DesktopsReport, DesktopsRequest } from './desktops-process.ts';

/** Twenty processes start at once, on a machine that may have two cores and other work, in milliseconds. */
const START_LIMIT_MS = 4 * 60_000;

/** A relay of its own process. */
export interface RelayProcess {
  url: string;
  pid: number;
  /** Tells it to shut down, as Cloud Run does; resolves when it has ended. */
  terminate(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the built relay; resolves when it listens. */
export async function startRelay(
  main: string,
  preload: string,
  env: NodeJS.ProcessEnv,
): Promise<RelayProcess> {
  const relay = startNode<Answer>({
    name: 'a relay',
    args: ['--import', preload, main],
    env: { ...env, PORT: '0' },
  });
  const { port } = await relay.answer('listening', START_LIMIT_MS);
  const { child } = relay;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    terminate: () => {
      child.kill('SIGTERM');
      return ended;
    },
    stop: relay.stop,
  };
}

/** Desktops in a child of their own. */
export interface DesktopsProcess {
  /** Resolves when all have joined. */
  start(request: Extract<DesktopsRequest, { type: 'start' }>, limitMs: number): Promise<void>;
  setRelays(relays: string[]): void;
  report(): Promise<DesktopsReport>;
  stop(): Promise<void>;
}

export function startDesktops(env: NodeJS.ProcessEnv): DesktopsProcess {
  const script = fileURLToPath(new URL('./desktops-process.ts', import.meta.url));
  const { child, answer, stop } = startNode<DesktopsAnswer>({ name: 'the desktops', args: [script], env });
  return {
    start: (request, limitMs) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('the desktops have not joined')), limitMs);
        child.on('message', (message: DesktopsAnswer) => {
          if (message.type !== 'joined') return;
          clearTimeout(timer);
          resolve();
        });
        child.once('exit', () => reject(new Error('the desktops have ended')));
        child.send(request);
      }),
    setRelays: (relays) => void child.send({ type: 'relays', relays } satisfies DesktopsRequest),
    report: () => {
      const report = answer('report', START_LIMIT_MS);
      child.send({ type: 'count' } satisfies DesktopsRequest);
      return report;
    },
    stop,
  };
}

/** Processor time of a process so far, in microseconds. Linux counts it in hundredths of a second. */
export function cpuMicros(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

export async function until(holds: () => Promise<boolean>, limitMs: number, what: string): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`${what} within ${limitMs} ms`);
    await sleep(100);
  }
}
