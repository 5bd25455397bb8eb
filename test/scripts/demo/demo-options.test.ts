import { CommanderError } from '@commander-js/extra-typings';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseRoute } from '../../../scripts/calls/route.ts';
import { parse } from '../../../scripts/cli/command.ts';
import { demoCommand } from '../../../scripts/demo/demo-options.ts';

const parseDemoOptions = (args: string[]) =>
  parse(demoCommand().configureOutput({ writeErr: () => {} }), args);

const program = { java: 'java', jar: 'emulator.jar' };

test('the flags are read, and have defaults', () => {
  assert.equal(parseDemoOptions([]), {});
  assert.equal(parseDemoOptions(['--once', '--scenario=travel', '--pubsub=direct', '--port=0']), {
    once: true,
    scenario: 'travel',
    pubsub: 'direct',
    port: 0,
  });
});

for (const args of [
  ['--pubsub=kafka'],
  ['--scenario=opera'],
  ['--port=x'],
  ['--port=65536'],
  ['--port=-1'],
  ['--unknown'],
  ['call'],
]) {
  test(`${args.join(' ')} is a wrong command line`, () => {
    assert.throws(
      () => parseDemoOptions(args),
      (error: unknown) => error instanceof CommanderError && error.exitCode !== 0,
    );
  });
}

test('events go through the emulator if there is one, else directly', () => {
  assert.equal(chooseRoute(undefined, { program }).emulator, program);
  const direct = chooseRoute(undefined, { missing: 'no Java' });
  assert.is(direct.emulator, undefined);
  assert.match(direct.description, /no Java/);
});

test('what was asked for holds: direct beside an emulator, and no emulator is an error', () => {
  assert.is(chooseRoute('direct', { program }).emulator, undefined);
  assert.equal(chooseRoute('emulator', { program }).emulator, program);
  assert.throws(() => chooseRoute('emulator', { missing: 'no Java' }), /no Java/);
});

test.run();
