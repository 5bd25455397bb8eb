import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { aptInstallCommand, canUseApt, isDebianLike } from '../../../scripts/local/apt.ts';

const redis = { program: 'redis-server', package: 'redis-server' };

test('apt waits for other installations, asks nothing and starts no service', () => {
  const { command, args, env } = aptInstallCommand(redis);
  assert.is(command, 'flock');
  assert.equal(args.slice(0, 5), ['--timeout', '300', '/var/cache/apt', 'sh', '-c']);
  assert.equal(env, { DEBIAN_FRONTEND: 'noninteractive' });
  const script = args.at(-1) ?? '';
  assert.match(
    script,
    /apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=300 redis-server/,
  );
  assert.match(script, /exit 101.*policy-rc\.d/);
  assert.match(script, /\|\| \{ apt-get update -q && apt-get install/);
});

test('the script is valid shell', () => {
  const script = aptInstallCommand(redis).args.at(-1) ?? '';
  execFileSync('sh', ['-n', '-c', script]);
});

test('a program that another process has installed meanwhile is not installed again', () => {
  const script = aptInstallCommand({ program: 'sh', package: 'no-such-package' }).args.at(-1) ?? '';
  execFileSync('sh', ['-c', script]);
});

/** Runs the script with an apt-get that notes its calls, fails as often as told, and lists the policy file. */
async function runWithStub(
  failures: number,
  hasPolicy: boolean,
): Promise<{ calls: string[]; policy: string | undefined }> {
  const directory = await mkdtemp(join(tmpdir(), 'apt-'));
  const policyFile = join(directory, 'policy-rc.d');
  const log = join(directory, 'calls');
  if (hasPolicy) await writeFile(policyFile, 'own');
  const stub = `#!/bin/sh\necho "$1 $(cat ${policyFile} | tail -n 1)" >>${log}\n[ $(wc -l <${log}) -gt ${failures} ]\n`;
  await writeFile(join(directory, 'apt-get'), stub, { mode: 0o755 });
  const script =
    aptInstallCommand({ program: 'no-such-program', package: 'any' }, policyFile).args.at(-1) ?? '';
  try {
    execFileSync('sh', ['-c', script], { env: { PATH: `${directory}:${process.env.PATH}` } });
  } catch {
    // what was called tells the rest
  }
  const calls = (await readFile(log, 'utf8')).trim().split('\n');
  const policy = await readFile(policyFile, 'utf8').catch(() => undefined);
  await rm(directory, { recursive: true });
  return { calls, policy };
}

test('services may not start during the installation, also if it fails', async () => {
  assert.equal(await runWithStub(0, false), { calls: ['install exit 101'], policy: undefined });
  const failed = await runWithStub(9, false);
  assert.equal(failed, { calls: ['install exit 101', 'update exit 101'], policy: undefined });
});

test('a machine that has a policy of its own keeps it', async () => {
  assert.equal(await runWithStub(0, true), { calls: ['install own'], policy: 'own' });
});

test('package lists that are missing or old are fetched before a new attempt', async () => {
  const { calls } = await runWithStub(1, false);
  assert.equal(calls, ['install exit 101', 'update exit 101', 'install exit 101']);
});

test('the family of Debian is told by its os-release', () => {
  assert.ok(isDebianLike('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n'));
  assert.ok(isDebianLike('ID=linuxmint\nID_LIKE="ubuntu debian"\n'));
  assert.not(isDebianLike('ID="rhel"\nID_LIKE="fedora"\nHOME_URL="https://debian.example"\n'));
  assert.not(isDebianLike(''));
});

test('apt-get that is not on PATH cannot be used', () => {
  assert.not(canUseApt({ PATH: '/nowhere' }));
});

test.run();
