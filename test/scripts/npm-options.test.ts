// The real npm with options that stand before "--": nothing starts, and the message has the line to run.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { npmArguments } from '../../scripts/npm-arguments.mjs';
import { TASKS } from '../../scripts/tasks.mjs';
import { ROOT } from '../docs/markdown.ts';

interface Ended {
  code: number | null;
  output: string;
}

/** A home of the test's own: no settings of npm's user, no logs of another npm, and no account of gcloud. */
const home = mkdtempSync(join(tmpdir(), 'npm-options-'));
test.after(() => rmSync(home, { recursive: true }));

function npm(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', args, {
      cwd: ROOT,
      env: { PATH: process.env.PATH, HOME: home, npm_config_update_notifier: 'false', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
      });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

function assertRefused({ code, output }: Ended, line: string): void {
  assert.is(code, 2, output);
  assert.match(output, 'Nothing was done.');
  assert.match(output, `\n  npm run ${line}\n`);
}

for (const [args, line] of [
  [['deploy', '--dry-run'], 'deploy -- --dry-run'],
  [['deploy', '--only', 'redis'], 'deploy -- --only redis'],
  [['deploy', '--only=redis', '--', '--dry-run'], 'deploy -- --only redis --dry-run'],
  [['deploy', '--plan', 'json'], 'deploy -- --plan json'],
  [['deploy', '-n'], 'deploy -- --dry-run'],
  [['deploy', '--plan=json'], 'deploy -- --plan json'],
  [['deploy', '--dryRun'], 'deploy -- --dry-run'],
  [['deploy', '-s', '--dry', '--settings=a b'], "deploy -- --dry-run --settings 'a b'"],
  [['doctor', '--no-events'], 'doctor -- --no-events'],
  [['teardown', '--yes'], 'teardown -- --yes'],
  [['test', '--long'], 'test -- --long'],
  [['bench', '--only=a'], 'bench -- --only a'],
  [['demo', '--once'], 'demo -- --once'],
  [['simulate', '--calls', '20', '--scenario=travel'], 'simulate -- --calls 20 --scenario travel'],
] as const) {
  test(`npm run ${args.join(' ')} is refused with the line to run`, async () => {
    assertRefused(await npm(['run', ...args]), line);
  });
}

for (const [task, { options = {} }] of Object.entries(TASKS)) {
  const names = Object.keys(options).filter((name) => name !== 'help'); // npm answers --help itself
  if (names.length === 0) continue;
  const words = names.map((name) => (options[name] === 'string' ? `--${name}=7` : `--${name}`));
  test(`every option of ${task} is found in the arguments of npm`, async () => {
    assertRefused(
      await npm(['run', task, ...words]),
      `${task} -- ${words.map((word) => word.replace('=', ' ')).join(' ')}`,
    );
  });
}

test('npm t --long is refused, as npm run test --long is', async () => {
  assertRefused(await npm(['t', '--long']), 'test -- --long');
});

test('without a log of npm, what npm exports is enough to refuse a dry run', async () => {
  const ended = await npm(['run', 'deploy', '--dry-run'], { npm_config_logs_max: '0' });
  assertRefused(ended, 'deploy -- --dry-run');
});

test("an answer of yes in npm's configuration alone does not stop a teardown", async () => {
  const { code, output } = await npm(['run', 'teardown', '--', '--help'], { npm_config_yes: 'true' });
  assert.is(code, 0, output);
  assert.match(output, 'npm run teardown -- [options]');
});

const NOW = Date.UTC(2026, 0, 2, 3, 4, 9);

function logged(files: Record<string, string>, event = 'deploy'): string[] | undefined {
  const folder = join(home, 'logs');
  mkdirSync(folder);
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return npmArguments({ npm_config_logs_dir: folder, npm_lifecycle_event: event }, NOW);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const STARTED = '2026-01-02T03_04_08_000Z-debug-0.log';

test('the newest log of a run of the script says what npm was started with', () => {
  const found = logged({
    '2026-01-02T03_04_07_000Z-debug-0.log': '9 verbose argv "run" "deploy" "--only" "older"\n',
    [STARTED]: '9 verbose title npm\n10 verbose argv "run" "deploy" "--settings" "a\\" \\"b"\n11 x\n',
    '2026-01-02T03_04_08_500Z-debug-0.log': '9 verbose argv "run" "doctor"\n',
    'notes.txt': 'x',
  });
  assert.equal(found, ['run', 'deploy', '--settings', 'a" "b']);
});

test('a log of an npm that has ended, or that started long ago, says nothing', () => {
  const line = '9 verbose argv "run" "deploy"\n';
  assert.is(logged({ [STARTED]: `${line}12 verbose exit 0\n` }), undefined);
  assert.is(logged({ '2026-01-02T02_04_08_000Z-debug-0.log': line }), undefined);
  assert.is(npmArguments({ npm_config_logs_dir: join(home, 'none') }, NOW), undefined);
});

test('npm 6 exports its arguments', () => {
  const argv = JSON.stringify({ remain: ['deploy'], cooked: ['run', 'deploy', '--dry-run'] });
  assert.equal(npmArguments({ npm_config_argv: argv }, NOW), ['run', 'deploy', '--dry-run']);
});

test.run();
