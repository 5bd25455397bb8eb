import { type ChildProcess, spawn } from 'node:child_process';
import { ROOT } from '../../../docs/markdown.ts';

export interface Run {
  child: ChildProcess;
  output(): string;
  ended: Promise<{ code: number | null; output: string }>;
}

/**
 * `npm run replay-dead-letters` as a process, on an emulator or what stands in for it.
 *
 * @param isOpen Whether more may come on standard input, as at a terminal.
 */
export function replayDeadLetters(
  host: string,
  project: string,
  args: string[],
  { stdin = '', isOpen = false } = {},
): Run {
  const child = spawn(
    process.execPath,
    ['scripts/operate/replay-dead-letters/main.ts', '--settings', '/dev/null', ...args],
    { cwd: ROOT, env: { PATH: '', PUBSUB_EMULATOR_HOST: host, GCP_PROJECT_ID: project } },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  child.stdin.write(stdin);
  if (!isOpen) child.stdin.end();
  return {
    child,
    output: () => output,
    ended: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, output }));
    }),
  };
}
