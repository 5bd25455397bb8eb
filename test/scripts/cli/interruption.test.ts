// What a command makes of signals, in a process of its own.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EXIT } from '../../../scripts/cli/command.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { undisturbed } from '../../helpers/undisturbed.ts';
import { until } from '../../helpers/until.ts';

const fixture = new Fixture(test);
const MODULE = fileURLToPath(new URL('../../../scripts/cli/interruption.ts', import.meta.url));
/** Longer than copies of a signal may be late. */
const LATER_MS = 1_500;

/** A command that says when it is interrupted, and then never ends by itself. */
async function start() {
  const code = `import { interruption } from ${JSON.stringify(MODULE)};
interruption().addEventListener('abort', () => console.log('interrupted'));
console.log('ready');
setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  fixture.defer(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await until(() => output.includes('ready'));
  return { child, lines: () => output.trim().split('\n').slice(1) };
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`${signal} interrupts a command once, with copies of it, and a later one ends it`, () =>
    undisturbed(async () => {
      const { child, lines } = await start();
      for (const copy of [signal, 'SIGINT', 'SIGTERM', signal] as const) {
        child.kill(copy);
        await sleep(20);
      }
      await sleep(LATER_MS);
      assert.equal(lines(), ['interrupted']);
      assert.is(child.exitCode, null);
      child.kill(signal);
      await until(() => child.exitCode !== null);
      assert.is(child.exitCode, EXIT.interrupted);
    }));
}

test.run();
