import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { until } from './until.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const DEMO_START_LIMIT_MS = 60_000;

/** The demo as a process, started as `npm run demo` starts it. */
export interface Demo {
  child: ChildProcess;
  /** What it has printed so far. */
  output(): string;
  /** Its exit code, or the signal that ended it. */
  ended: Promise<number | string>;
}

/** Starts it on what `npm run build` made, on a free port. */
export function startDemo(...args: string[]): Demo {
  if (!existsSync(`${ROOT}dist/relay/main.js`))
    throw new Error('dist is missing: run npm run build before the tests');
  const child = spawn(process.execPath, ['scripts/demo/demo.ts', '--port=0', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const ended = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'nothing'));
  });
  return { child, output: () => output, ended };
}

/** The address that the demo prints once everything runs. */
export async function desktopAddress(demo: Demo): Promise<string> {
  const find = () => /^Agent desktop: (http:\S+)$/m.exec(demo.output())?.[1];
  await until(() => find() !== undefined || demo.child.exitCode !== null, DEMO_START_LIMIT_MS);
  const address = find();
  if (address === undefined) throw new Error(`the demo ended: ${demo.output()}`);
  return address;
}

/** The processes that it has started; known on Linux only. */
export function childrenOf({ child: { pid } }: Demo): number[] {
  if (process.platform !== 'linux') return [];
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}
