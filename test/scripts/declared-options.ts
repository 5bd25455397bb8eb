// Preloaded with --import: a program prints the options that it declares, and ends before it does anything. Commands are
// declared with commander; the test runner calls parseArgs.
import { syncBuiltinESMExports } from 'node:module';
import util, { type ParseArgsConfig } from 'node:util';
import { Command } from '@commander-js/extra-typings';

type OptionType = 'boolean' | 'string';

function print(
  options: [name: string, type: OptionType][],
  allowNegative: boolean,
  allowPositionals: boolean,
) {
  console.log(JSON.stringify({ options: Object.fromEntries(options), allowNegative, allowPositionals }));
  process.exit(0);
}

Command.prototype.parse = function parse(this: Command) {
  const declared = this.options.map(({ long = '', required, optional }): [string, OptionType] => [
    long.replace(/^--(no-)?/, ''),
    required || optional ? 'string' : 'boolean',
  ]);
  const allowNegative = this.options.some(({ negate }) => negate);
  print([...declared, ['help', 'boolean']], allowNegative, this.registeredArguments.length > 0);
  return this;
};

Object.assign(util, {
  parseArgs: ({ options = {}, allowNegative = false, allowPositionals = false }: ParseArgsConfig) =>
    print(
      Object.entries(options).map(([name, { type }]) => [name, type]),
      allowNegative,
      allowPositionals,
    ),
});
syncBuiltinESMExports();
