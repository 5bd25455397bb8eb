// `node bench/simulation/main.ts` prints the tables of docs/scale.md.
import { measuredCosts } from './costs.ts';
import { DEFAULTS } from './deployment.ts';
import { costsTable, limitsTable, quotasTable, sizesTable, wavesTable } from './tables.ts';

const costs = measuredCosts();
for (const table of [sizesTable, limitsTable, costsTable, wavesTable])
  console.log(`${table(DEFAULTS, costs)}\n`);
console.log(quotasTable());
