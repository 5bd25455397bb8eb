// `npm run costs`: the table of docs/costs.md, from the prices beside this file or from another file.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runCommand } from '../../cli/command.ts';
import { costTable, type PriceFile } from './costs.ts';

await runCommand('costs', async () => {
  const { values } = parseArgs({ options: { prices: { type: 'string' } } });
  const path = values.prices ?? new URL('prices.json', import.meta.url);
  const file: PriceFile = JSON.parse(readFileSync(path, 'utf8'));
  console.log(`${file.currency}, ${file.region}\n${costTable(file)}`);
  return 0;
});
