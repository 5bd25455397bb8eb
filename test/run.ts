// The counting test runner: every *.test.ts file runs in a process of its own, and the run ends with one line,
// `N passed, N failed, N skipped`. uvu alone exits 0 when a hook throws, when a file forgets `.run()` and when the
// event loop empties under a test that never settles; each of these counts as a failure here (see judge.ts).
import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type FileRun, judge, type Verdict } from './helpers/judge.ts';

/** Ends a file that hangs. The slowest file takes about a minute, on a busy machine two. */
const FILE_LIMIT_MS = 5 * 60_000;
const LONG_FILE_LIMIT_MS = 60 * 60_000;
/** What shells give to a program that Ctrl-C ended. */
const INTERRUPTED = 130;
/** They load the machine, and have limits on time. So they run one by one; the long tests run them last, alone. */
const ATTACKS = /^security\/attacks\//;

const { values, positionals } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    root: { type: 'string' },
    'file-limit': { type: 'string' },
  },
  allowPositionals: true,
});
const root = values.root ?? fileURLToPath(new URL('.', import.meta.url));
const limitMs = Number(values['file-limit'] ?? (values.long ? LONG_FILE_LIMIT_MS : FILE_LIMIT_MS));

/** Where the files leave what Node has compiled, and find it: most of them load the whole relay. */
const compileCache = mkdtempSync(join(tmpdir(), 'agent-assist-compiled-'));
process.on('exit', () => rmSync(compileCache, { recursive: true, force: true }));

const files = globSync(values.long ? '**/*.{test,long}.ts' : '**/*.test.ts', { cwd: root })
  .filter((file) => positionals.length === 0 || positionals.some((part) => file.includes(part)))
  .sort();
const verdicts: Verdict[] = [];
/** What the failed files printed. It comes last, where one looks first. */
const failures: string[] = [];
/** Each ends a file that runs. */
const kills = new Set<() => void>();
// The files are in process groups of their own, which a terminal's Ctrl-C does not reach.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    for (const kill of kills) kill();
    process.exit(INTERRUPTED);
  });
}
// Two more than there are cores, up to four: most files wait for servers most of the time.
const atOnce = Math.min(4, availableParallelism() + 2);
const attacks = files.filter((file) => ATTACKS.test(file)).values();
// The last names first: the attacks are over when e2e/ takes both cores with browsers.
const others = files
  .filter((file) => !ATTACKS.test(file))
  .reverse()
  .values();
const runOthers = (lanes: number) => Promise.all(Array.from({ length: lanes }, () => work(others)));
if (values.long) {
  await runOthers(atOnce);
  await work(attacks);
} else {
  await Promise.all([runOthers(atOnce - 1), work(attacks).then(() => work(others))]);
}

const total = (key: 'passed' | 'failed' | 'skipped') =>
  verdicts.reduce((sum, verdict) => sum + verdict[key], 0);
for (const failure of failures) console.log(failure);
const isEmpty = total('passed') + total('failed') + total('skipped') === 0;
if (isEmpty) console.log('no test file matched');
console.log(
  `${total('passed')} passed, ${total('failed') + (isEmpty ? 1 : 0)} failed, ${total('skipped')} skipped`,
);
process.exit(isEmpty || total('failed') > 0 ? 1 : 0);

async function work(queue: Iterable<string>): Promise<void> {
  for (const file of queue) {
    const startedAt = performance.now();
    const result = await runFile(file);
    const verdict = judge(result);
    verdicts.push(verdict);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const notes = [
      ...verdict.notes.map((note) => `\n    ${note}`),
      ...verdict.reasons.map((r) => `\n    skipped: ${r}`),
    ];
    const line = `${verdict.failed > 0 ? 'FAIL' : 'ok  '} ${file} (${verdict.passed}, ${seconds} s)${notes.join('')}`;
    console.log(line);
    for (const remark of verdict.remarks) console.log(`     ${remark}`);
    if (verdict.failed > 0) failures.push(`${line}\n${result.output.replace(/^/gm, '    ')}`);
  }
}

/** Runs one file on this Node and ends it, with every process it started, when its time is up. */
function runFile(file: string): Promise<FileRun> {
  return new Promise((resolve) => {
    // detached: the file leads a process group, so that a hung file's own servers end with it.
    const child = spawn(process.execPath, [file], {
      cwd: root,
      detached: true,
      env: {
        ...process.env,
        NODE_ENV: 'test',
        NODE_COMPILE_CACHE: compileCache,
        FORCE_COLOR: '0',
        ...(values.long ? { TEST_LONG: '1' } : {}),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    let timedOut = false;
    const killGroup = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // the group has ended by itself
      }
    };
    kills.add(killGroup);
    const timer = setTimeout(() => {
      timedOut = true;
      killGroup();
    }, limitMs);
    // 'exit', not 'close': a server the file left behind would hold the pipes open and the run with them.
    child.on('exit', (code) => {
      clearTimeout(timer);
      killGroup();
      kills.delete(killGroup);
      setTimeout(() => resolve({ code, timedOut, limitMs, output }), 20);
    });
  });
}
