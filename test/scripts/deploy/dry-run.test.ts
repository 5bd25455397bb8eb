import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { quote } from '../../../scripts/gcloud/shell.ts';
import { ROOT } from '../../docs/markdown.ts';

/** After a wanted change: node scripts/deploy/main.ts --settings .env.sample --dry-run > this file. */
const SNAPSHOT = readFileSync(new URL('dry-run.snapshot.txt', import.meta.url), 'utf8');

const deploy = (...args: string[]) =>
  spawnSync(process.execPath, ['scripts/deploy/main.ts', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { PATH: '' },
  });

test('the dry run of the sample prints the known commands', () => {
  const { stdout, status } = deploy('--settings', '.env.sample', '--dry-run');
  assert.is(status, 0);
  assert.fixture(stdout, SNAPSHOT);
});

test('what is printed is bash', () => {
  execFileSync('bash', ['-n'], { input: SNAPSHOT });
});

test('an argument that is printed is read back as it was', () => {
  const odd = ["it's", 'a b', '$HOME', '`id`', 'back\\slash', '"', 'line\nbreak', '^~~^A=1~~B=2', '*', ''];
  const script = `printf '%s\\0' ${odd.map(quote).join(' ')}`;
  assert.equal(execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1), odd);
});

test('a placeholder is printed as a variable, and nothing else beside it is expanded', () => {
  const script = `NAME='a b'; printf %s ${quote('$x`id`"\\{{NAME}}')}`;
  assert.is(execFileSync('bash', ['-c', script], { encoding: 'utf8' }), '$x`id`"\\a b');
});

test('a step alone and the plan as JSON', () => {
  const one = deploy('--settings', '.env.sample', '--dry-run', '--only', 'redis').stdout;
  assert.is(one.match(/^gcloud /gm)?.length, 1);
  const { steps } = JSON.parse(deploy('--settings', '.env.sample', '--plan', 'json').stdout);
  assert.is(steps[0].key, 'apis');
  const free = steps.filter(({ permissions }: { permissions: string[] }) => permissions.length === 0);
  // Without channels it has nothing to make.
  assert.equal(
    free.map(({ key }: { key: string }) => key),
    ['alerts'],
  );
});

test('--out writes what would be printed, and a reader that ends early is no fault', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dry-run-'));
  try {
    const file = join(folder, 'deploy.sh');
    const { stdout, status } = deploy('--settings', '.env.sample', '--dry-run', '--out', file);
    assert.equal([stdout, status], ['', 0]);
    assert.is(readFileSync(file, 'utf8'), SNAPSHOT);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const line = `"${process.execPath}" scripts/deploy/main.ts --settings .env.sample --plan json 2>&1 | head -1`;
  const { stdout } = spawnSync('bash', ['-c', line], { cwd: ROOT, encoding: 'utf8' });
  assert.not.match(stdout, 'EPIPE');
  assert.is(deploy('--settings', '.env.sample', '--out', '/tmp/x').status, 2);
});

test('what is wrong with the settings or the step is said, and nothing else', () => {
  const settings = deploy('--settings', '/dev/null');
  assert.is(settings.status, 1);
  assert.match(settings.stderr, 'GCP_PROJECT_ID is not set');
  const file = deploy('--settings', '/nowhere');
  assert.is(file.status, 2);
  assert.is(file.stderr, 'deploy: --settings: there is no file /nowhere\n');
  const step = deploy('--settings', '.env.sample', '--dry-run', '--only', 'nothing');
  assert.is(step.status, 2);
  assert.match(step.stderr, 'there is no step "nothing": use one of apis,');
});

test.run();
