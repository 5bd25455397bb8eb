import { CommanderError } from '@commander-js/extra-typings';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BENCHMARKS, benchCommand, benchOptions } from '../../bench/options.ts';
import { parse } from '../../scripts/cli/command.ts';

const parseBenchOptions = (args: string[]) =>
  benchOptions(parse(benchCommand().configureOutput({ writeErr: () => {} }), args));

test('without arguments everything runs for five rounds', () => {
  assert.equal(parseBenchOptions([]), {
    only: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p'],
    rounds: 5,
    quick: false,
    json: undefined,
    profile: undefined,
  });
});

test('--only picks benches, --rounds sets rounds, and --quick lowers their default', () => {
  assert.equal(parseBenchOptions(['--only=b,e']).only, ['b', 'e']);
  assert.is(parseBenchOptions(['--quick']).rounds, 2);
  assert.is(parseBenchOptions(['--quick', '--rounds', '3']).rounds, 3);
  assert.is(parseBenchOptions(['--json', 'out.json']).json, 'out.json');
  assert.is(parseBenchOptions(['--profile=out']).profile, 'out');
});

for (const args of [
  ['--only=z'],
  ['--only='],
  ['--rounds=0'],
  ['--rounds=51'],
  ['--rounds=x'],
  ['--fast'],
  ['a'],
]) {
  test(`${args.join(' ')} is refused`, () => {
    assert.throws(
      () => parseBenchOptions(args),
      (error: unknown) => error instanceof CommanderError && error.exitCode !== 0,
    );
  });
}

test('the usage names every benchmark', () => {
  for (const key of Object.keys(BENCHMARKS))
    assert.match(benchCommand().helpInformation(), new RegExp(`^ +${key} {2}`, 'm'));
});

test.run();
