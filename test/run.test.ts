import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isAlive } from './helpers/process.ts';
import { until } from './helpers/until.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const header = `import { test } from 'uvu';\n`;

/** Long enough for a Node that starts on a busy machine; the tests of a hang wait for it. */
const FILE_LIMIT_MS = 8_000;

/** Runs the runner over a folder that holds these test files. */
function runOver(
  files: Record<string, string>,
  ...options: string[]
): Promise<{ code: number; lastLine: string; output: string }> {
  return startOver(files, options).ended;
}

function startOver(files: Record<string, string>, options: readonly string[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'runner-'));
  symlinkSync(join(here, '..', 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const { promise: ended, resolve } = Promise.withResolvers<{
    code: number;
    lastLine: string;
    output: string;
  }>();
  const child = execFile(
    process.execPath,
    [join(here, 'run.ts'), '--root', folder, '--file-limit', String(FILE_LIMIT_MS), ...options],
    (error, stdout) => {
      rmSync(folder, { recursive: true });
      const code = typeof error?.code === 'number' ? error.code : 0;
      resolve({ code, output: stdout, lastLine: stdout.trimEnd().split('\n').at(-1) ?? '' });
    },
  );
  return { child, folder, ended };
}

const runWith = (text: string) => runOver({ 'one.test.ts': text });

const FAILURES: Record<string, [text: string, lastLine: string]> = {
  'a failing test': [
    `test('a', () => { throw new Error('x'); }); test('b', () => {}); test.run();`,
    '1 passed, 1 failed, 0 skipped',
  ],
  'a throwing before hook': [
    `test.before(() => { throw new Error('x'); }); test('a', () => {}); test.run();`,
    '0 passed, 1 failed, 0 skipped',
  ],
  'a throwing after.each hook': [
    `test.after.each(() => { throw new Error('x'); }); test('a', () => {}); test.run();`,
    '0 passed, 1 failed, 0 skipped',
  ],
  'a throwing after hook': [
    `test.after(() => { throw new Error('x'); }); test('a', () => {}); test.run();`,
    '0 passed, 1 failed, 0 skipped',
  ],
  'a forgotten .run()': [`test('a', () => {});`, '0 passed, 1 failed, 0 skipped'],
  'a file without a test': ['test.run();', '0 passed, 1 failed, 0 skipped'],
  'a test that never settles': [
    `test('a', () => new Promise(() => {})); test.run();`,
    '0 passed, 1 failed, 0 skipped',
  ],
  'a hang with an open handle': [
    `setInterval(() => {}, 1000); test('a', () => {}); test.run();`,
    '1 passed, 1 failed, 0 skipped',
  ],
  'an unhandled rejection': [
    `test('a', () => { void Promise.reject(new Error('x')); }); test('b', () => new Promise((r) => setTimeout(r, 50))); test.run();`,
    '0 passed, 1 failed, 0 skipped',
  ],
  'a skip without a reason': [
    `test.skip('a', () => {}); test('b', () => {}); test.run();`,
    '1 passed, 1 failed, 1 skipped',
  ],
  'a file that does not load': [`import './missing.ts';`, '0 passed, 1 failed, 0 skipped'],
};

for (const [name, [text, lastLine]] of Object.entries(FAILURES)) {
  test(`${name} fails the run`, async () => {
    const result = await runWith(header + text);
    assert.is(result.lastLine, lastLine, result.output);
    assert.is(result.code, 1);
  });
}

test('the output of a failed file comes last, before the counts', async () => {
  const { output } = await runOver({
    'a.test.ts': `${header}test('a', () => new Promise((r) => setTimeout(r, 2000))); test.run();`,
    'b.test.ts': `${header}test('b', () => { throw new Error('what went wrong'); }); test.run();`,
  });
  const [, ends] = output.split(/^ok {3}a\.test\.ts.*$/m);
  assert.match(ends ?? '', /^FAIL b\.test\.ts[\s\S]*what went wrong[\s\S]*^1 passed, 1 failed, 0 skipped$/m);
});

test('passing tests and a skip with its reason pass', async () => {
  const result = await runWith(
    `${header}test('a', () => {}); test.skip('b', () => {}); console.log('\\nskipped: no Java here'); test.run();`,
  );
  assert.is(result.lastLine, '1 passed, 0 failed, 1 skipped', result.output);
  assert.is(result.code, 0);
});

test('the long tests run the attacks last, one by one', async () => {
  const passing = `${header}test('a', () => new Promise((r) => setTimeout(r, 300))); test.run();`;
  const [first, second] = ['security/attacks/a.test.ts', 'security/attacks/b.test.ts'];
  const { output } = await runOver({ [first]: passing, [second]: passing, 'z.test.ts': passing }, '--long');
  const order = [...output.matchAll(/^ok {3}(\S+)/gm)].map(([, file]) => file);
  assert.equal(order, ['z.test.ts', first, second]);
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`${signal} to the runner ends the files that run`, async () => {
    const text = `import { writeFileSync } from 'node:fs';
writeFileSync('pid', String(process.pid));
setInterval(() => {}, 1000);`;
    const { child, folder, ended } = startOver({ 'one.test.ts': text });
    const pidFile = join(folder, 'pid');
    await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '', FILE_LIMIT_MS);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    child.kill(signal);
    assert.is((await ended).code, 130);
    await until(() => !isAlive(pid));
  });
}

test('an empty folder fails the run', async () => {
  assert.is((await runOver({})).code, 1);
});

test.run();
