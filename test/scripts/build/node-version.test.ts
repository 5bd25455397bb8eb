// What is deployed says which Node it needs.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bundleOptions } from '../../../scripts/build/bundle-options.ts';
import { ROOT } from '../../docs/markdown.ts';

test('a bundle on an older Node ends with a sentence, and on this one it runs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
  try {
    const outfile = join(folder, 'main.mjs');
    const stdin = { contents: "console.log('started');" };
    await build({ ...bundleOptions, stdin, outfile, logLevel: 'error' });
    const older = "Object.defineProperty(process, 'versions', { value: { node: '20.20.2' } });";
    const preload = `data:text/javascript,${encodeURIComponent(older)}`;
    const old = spawnSync(process.execPath, ['--import', preload, outfile], { encoding: 'utf8' });
    assert.equal([old.status, old.stdout], [1, '']);
    assert.is(old.stderr, 'needs Node 22 or newer, and this is Node 20.20.2\n');
    assert.is(spawnSync(process.execPath, [outfile], { encoding: 'utf8' }).stdout, 'started\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the build on a Node that runs no TypeScript ends with a sentence', () => {
  const older = "Object.defineProperty(process, 'versions', { value: { node: '22.17.0' } });";
  const preload = `data:text/javascript,${encodeURIComponent(older)}`;
  const { status, stderr } = spawnSync(process.execPath, ['--import', preload, 'esbuild.config.mjs'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  assert.is(status, 1);
  assert.is(stderr, 'needs Node 22.18 or newer, and this is Node 22.17.0: npm run build brings its own\n');
});

test.run();
