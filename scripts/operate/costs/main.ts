// `npm run costs`: the table of docs/costs.md, from the prices beside this file or from another file.
import { readFileSync } from 'node:fs';
import { command, EXIT, runCommand } from '../../cli/command.ts';
import { UsageError } from '../../cli/usage-error.ts';
import { costTable, type PriceFile } from './costs.ts';

const declared = command('costs', 'Prints what a month costs, as a Markdown table.').option(
  '--prices <file>',
  'JSON file of prices, default scripts/operate/costs/prices.json',
);

await runCommand(declared, async ({ prices }) => {
  const path = prices ?? new URL('prices.json', import.meta.url);
  const file = readPrices(path);
  console.log(`${file.currency}, ${file.region}\n${costTable(file)}`);
  return EXIT.ok;
});

function readPrices(path: string | URL): PriceFile {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const isSyntax = error instanceof SyntaxError;
    throw new UsageError(isSyntax ? `--prices: ${path} is no JSON` : `--prices: ${path} cannot be read`);
  }
}
