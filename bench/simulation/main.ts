// `node bench/simulation/main.ts` writes the tables of the model into docs/scale.md, from measured.json, checked.json and
// quotas.json.
import { readFileSync, writeFileSync } from 'node:fs';
import { lastCheck } from './check-table.ts';
import { measuredCosts } from './costs.ts';
import { withTables } from './page.ts';

const PAGE = new URL('../../docs/scale.md', import.meta.url);
writeFileSync(PAGE, withTables(readFileSync(PAGE, 'utf8'), measuredCosts(), lastCheck()));
