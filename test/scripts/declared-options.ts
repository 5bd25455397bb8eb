// Preloaded with --import: the first call of parseArgs prints what the program declares, and ends it.
import { syncBuiltinESMExports } from 'node:module';
import util, { type ParseArgsConfig } from 'node:util';

Object.assign(util, {
  parseArgs: ({ options = {}, allowNegative = false, allowPositionals = false }: ParseArgsConfig) => {
    const types = Object.entries(options).map(([name, { type }]) => [name, type]);
    console.log(JSON.stringify({ options: Object.fromEntries(types), allowNegative, allowPositionals }));
    process.exit(0);
  },
});
syncBuiltinESMExports();
