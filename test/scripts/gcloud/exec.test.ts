import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createExec } from '../../../scripts/gcloud/exec.ts';
import { undisturbed } from '../../helpers/undisturbed.ts';
import { until } from '../../helpers/until.ts';

const ENV = { PATH: process.env.PATH };
const exec = createExec('/', ENV);
const sh = (script: string, options = {}) => exec(['sh', '-c', script], options);

test('a program resolves with its exit code and both of its outputs', async () => {
  assert.equal(await sh('echo out; echo err >&2; exit 3'), { code: 3, stdout: 'out\n', stderr: 'err\n' });
  assert.equal(await sh('pwd'), { code: 0, stdout: '/\n', stderr: '' });
});

test('a program has the environment that was given and no other', async () => {
  const { stdout } = await createExec('/', { ...ENV, ONLY: 'this' })(['env'], {});
  assert.match(stdout, 'ONLY=this');
  assert.not.match(stdout, 'HOME=');
});

test('a program reads what it is given on standard input, and nothing without', async () => {
  assert.is((await sh('cat', { stdin: 'a secret' })).stdout, 'a secret');
  assert.is((await sh('cat')).stdout, '');
});

test('a program that ends without reading its input gives its own exit code', async () => {
  assert.is((await sh('exit 4', { stdin: 'x'.repeat(1_000_000) })).code, 4);
});

test('10 MB of output are read whole', async () => {
  assert.is((await sh('head -c 10000000 /dev/zero')).stdout.length, 10_000_000);
});

test('node is the Node that runs this process', async () => {
  assert.is((await exec(['node', '-p', 'process.execPath'], {})).stdout.trim(), process.execPath);
});

test('a program is killed at the time limit, and has no exit code then', () =>
  undisturbed(async () => {
    const { code, stdout } = await createExec('/', ENV, 2_000)(['sh', '-c', 'echo begun; exec sleep 30'], {});
    assert.is(code, undefined);
    assert.is(stdout, 'begun\n');
  }));

test('an interruption is passed on as SIGINT, and the program ends by itself', async () => {
  const interruption = new AbortController();
  const folder = mkdtempSync(join(tmpdir(), 'exec-'));
  const listening = join(folder, 'listening');
  const script =
    "process.on('SIGINT', () => { console.log('told'); process.exit(5) }); setInterval(() => {}, 1000);" +
    `require('fs').writeFileSync(${JSON.stringify(listening)}, '')`;
  const ended = exec(['node', '-e', script], { signal: interruption.signal });
  await until(() => existsSync(listening));
  interruption.abort();
  const { code, stdout } = await ended;
  rmSync(folder, { recursive: true });
  assert.equal([code, stdout], [5, 'told\n']);
});

test('an interruption that came before reaches the program, too', async () => {
  assert.is((await exec(['sleep', '30'], { signal: AbortSignal.abort() })).code, undefined);
});

test('a program that is not there is an error that says where to get gcloud', async () => {
  const error = await exec(['no-such-program'], {}).catch((reason: Error) => reason);
  assert.match(
    (error as Error).message,
    'no-such-program is not installed: see https://cloud.google.com/sdk/docs/install',
  );
});

test.run();
