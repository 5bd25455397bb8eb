import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LOOPBACK_ONLY } from '../../../scripts/local/loopback-preload.ts';

const run = promisify(execFile);

/** The address that a server listens on after `listen(…)` with these arguments. */
async function addressAfter(args: string, preload: readonly string[] = LOOPBACK_ONLY): Promise<string> {
  const code = `const s = require('node:http').createServer();
    s.on('listening', () => { console.log(s.address().address); s.close(); });
    s.listen(${args});`;
  const { stdout } = await run(process.execPath, [...preload, '-e', code]);
  return stdout.trim();
}

for (const args of [
  '0',
  '"0"',
  '0, () => {}',
  '0, "0.0.0.0"',
  '{ port: 0 }',
  '{ port: 0, host: "::" }, () => {}',
]) {
  test(`listen(${args}) is on loopback only`, async () => {
    assert.is(await addressAfter(args), '127.0.0.1');
  });
}

test('without it, such a server is open to the network', async () => {
  assert.is.not(await addressAfter('0', []), '127.0.0.1');
});

test.run();
