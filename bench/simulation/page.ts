// docs/scale.md with the tables of the model: each stands between two comments with its name.
import { type Checked, checkTable } from './check-table.ts';
import type { MeasuredCosts } from './costs.ts';
import { DEFAULTS } from './deployment.ts';
import { costsTable, limitsTable, measuredTable, quotasTable, sizesTable, wavesTable } from './tables.ts';

/** The page with the present tables in place of those that it has. @throws {Error} for a table that it lacks. */
export function withTables(page: string, costs: MeasuredCosts, checked: Checked): string {
  const tables = {
    sizes: sizesTable(DEFAULTS, costs),
    limits: limitsTable(DEFAULTS, costs),
    costs: costsTable(DEFAULTS, costs),
    waves: wavesTable(DEFAULTS, costs),
    measured: `${measuredTable(costs)}\n\nMeasured on ${costs.date}: ${costs.machine}, ${costs.state}.`,
    quotas: quotasTable(),
    check: `${checkTable(checked)}\n\n${runOf(checked)}`,
  };
  return Object.entries(tables).reduce((text, [name, table]) => {
    const [start, end] = [`<!-- table: ${name} -->\n`, '<!-- end -->'];
    const from = text.indexOf(start);
    const to = text.indexOf(end, from);
    if (from < 0 || to < 0) throw new Error(`docs/scale.md has no table ${name}`);
    return `${text.slice(0, from + start.length)}\n${table}\n\n${text.slice(to)}`;
  }, page);
}

function runOf({ date, machine, relays, desktops, replaced }: Checked): string {
  const calls = desktops - Math.floor(desktops / 10);
  return `The run of ${date}: ${relays} relays, ${desktops} desktops, ${calls} calls, ${replaced} relays replaced; ${machine}.`;
}
