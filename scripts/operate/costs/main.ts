// `npm run costs`: the table of docs/costs.md, from the prices beside this file or from another file.
import { readFileSync } from 'node:fs';
import { command, EXIT, runCommand } from '../../cli/command.ts';
import { costTable, type PriceFile } from './costs.ts';

const declared = command('costs', 'Prints what a month costs, as a Markdown table.').option(
  '--prices <file>',
  'JSON file of prices, default scripts/operate/costs/prices.json',
);

await runCommand(declared, async ({ prices }) => {
  const path = prices ?? new URL('prices.json', import.meta.url);
  const file: PriceFile = JSON.parse(readFileSync(path, 'utf8'));
  console.log(`${file.currency}, ${file.region}\n${costTable(file)}`);
  return EXIT.ok;
});
