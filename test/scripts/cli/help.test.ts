// What every command says about itself, and what it answers to a wrong command line.
import { execFile } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT } from '../../docs/markdown.ts';

const COMMANDS: Readonly<Record<string, string>> = {
  deploy: 'scripts/deploy/main.ts',
  doctor: 'scripts/operate/doctor/main.ts',
  teardown: 'scripts/operate/teardown/main.ts',
  'rotate-secret': 'scripts/operate/rotate-secret/main.ts',
  'replay-dead-letters': 'scripts/operate/replay-dead-letters/main.ts',
  costs: 'scripts/operate/costs/main.ts',
  demo: 'scripts/demo/demo.ts',
  simulate: 'scripts/simulate/main.ts',
  bench: 'bench/run.ts',
  profile: 'scripts/deploy/profile/main.ts',
  'cloud-build': 'scripts/cloud-build/main.ts',
};

const REQUIRED: Readonly<Record<string, string[]>> = { profile: ['show', '--project=my-project'] };

/** Runs a command where there is neither gcloud nor a project. */
function run(script: string, ...args: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { cwd: ROOT, env: { PATH: '' } }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

for (const [name, script] of Object.entries(COMMANDS)) {
  test(`${name} shows the same help for --help and -h, and exits with 0`, async () => {
    const [long, short] = await Promise.all([run(script, '--help'), run(script, '-h')]);
    assert.equal(short, long);
    assert.equal([long.code, long.stderr], [0, '']);
    assert.match(long.stdout, new RegExp(`^Usage: (?:npm run ${name} --|node ${script}) \\[options\\]`));
  });
}

for (const [name, script] of Object.entries(COMMANDS).filter(([name]) => name !== 'cloud-build')) {
  test(`${name} exits with 2 for an unknown option and names it`, async () => {
    const { code, stdout, stderr } = await run(script, ...(REQUIRED[name] ?? []), '--no-such-option');
    assert.equal([code, stdout], [2, '']);
    assert.match(stderr, /^error: unknown option '--no-such-option'\n/);
    assert.match(stderr, /\nUsage: n/);
  });
}

test('an option that stands where a value belongs is not taken for the value', async () => {
  const { code, stderr } = await run(COMMANDS.deploy ?? '', '--settings', '--dry-run');
  assert.is(code, 2);
  assert.match(stderr, "error: option '--settings <file>' argument missing");
});

test('an option that is almost right is answered with the right one', async () => {
  assert.match((await run(COMMANDS.teardown ?? '', '--dryrun')).stderr, 'Did you mean --dry-run?');
});

test('the help of deploy and teardown lists every step', async () => {
  for (const name of ['deploy', 'teardown']) {
    const { stdout } = await run(COMMANDS[name] ?? '', '--help');
    assert.match(stdout.replace(/\s+/g, ' '), 'redis, redis-secrets, connector, relay');
  }
});

test.run();
