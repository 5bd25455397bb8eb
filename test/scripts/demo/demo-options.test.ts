import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseRoute, parseDemoOptions, UsageError } from '../../../scripts/demo/demo-options.ts';

const program = { java: 'java', jar: 'emulator.jar' };

test('the flags are read, and have defaults', () => {
  assert.equal(parseDemoOptions([]), { help: false, once: false, pubsub: undefined, port: undefined });
  assert.equal(parseDemoOptions(['--once', '--pubsub=direct', '--port=0']), {
    help: false,
    once: true,
    pubsub: 'direct',
    port: 0,
  });
});

for (const args of [
  ['--pubsub=kafka'],
  ['--port=x'],
  ['--port=65536'],
  ['--port=-1'],
  ['--unknown'],
  ['call'],
]) {
  test(`${args.join(' ')} is a wrong command line`, () => {
    assert.throws(
      () => parseDemoOptions(args),
      (error: unknown) => error instanceof UsageError,
    );
  });
}

test('events go through the emulator where there is one, and else directly, with the reason', () => {
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
