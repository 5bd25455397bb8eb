import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startNode } from './process.ts';
import { until } from './until.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const DEMO_START_LIMIT_MS = 120_000;

/** The demo as a process, started as `npm run demo` starts it. */
export interface Demo {
  child: ChildProcess;
  /** What it has printed so far. */
  output(): string;
  /** Its exit code, or the signal that ended it, once all of its output is there. */
  ended: Promise<number | string>;
}

/** Starts it on what `npm run build` made, on a free port. */
export function startDemo(...args: string[]): Demo {
  if (!existsSync(`${ROOT}dist/relay/main.js`))
    throw new Error('dist is missing: run npm run build before the tests');
  const { child, output, ended } = startNode(['scripts/demo/demo.ts', '--port=0', ...args], { cwd: ROOT });
  return { child, output, ended: ended.then(({ code }) => code ?? child.signalCode ?? 'nothing') };
}

/** The address that the demo prints once everything runs. */
export async function desktopAddress(demo: Demo): Promise<string> {
  const find = () => /^Agent desktop: (http:\S+)$/m.exec(demo.output())?.[1];
  await until(() => find() !== undefined || hasEnded(demo), DEMO_START_LIMIT_MS);
  const address = find();
  if (address === undefined) throw new Error(`the demo ended: ${demo.output()}`);
  return address;
}

const hasEnded = ({ child }: Demo) => child.exitCode !== null || child.signalCode !== null;

/** The processes that it has started; known on Linux only. */
export function childrenOf({ child: { pid } }: Demo): number[] {
  if (process.platform !== 'linux') return [];
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}
