// `node bench/simulation/check.ts` holds the model to a real run: relays and a Redis Cluster on loopback, desktops with
// Socket.IO's client. It needs the build. It prints both, with the error, and writes checked.json, which docs/scale.md shows.
import { writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Row } from './check/row.ts';
import { runCheck } from './check/run.ts';
import { type Checked, checkTable } from './check-table.ts';
import { measuredCosts } from './costs.ts';

const { values } = parseArgs({
  options: {
    relays: { type: 'string', default: '20' },
    desktops: { type: 'string', default: '1000' },
    replaced: { type: 'string', default: '4' },
    write: { type: 'boolean', default: false },
  },
});
const [relays, desktops, replaced] = [
  Number(values.relays),
  Number(values.desktops),
  Number(values.replaced),
];
const load = loadavg()[0] ?? 0;

const recorded = (rows: readonly Row[]): Checked => ({
  date: new Date().toISOString().slice(0, 10),
  machine: `${availableParallelism()} cores, Node ${process.versions.node}, load average ${load.toFixed(1)} at the start`,
  relays,
  desktops,
  replaced,
  rows,
});

const rows = await runCheck({
  primaries: 3,
  relays,
  replaced,
  desktops,
  watchers: Math.floor(desktops / 10),
  processes: 2,
  call: { messages: 6, interimsEach: 10, suggestions: 3 },
  costs: measuredCosts(),
  log: console.log,
  onPhase: (some) => console.log(checkTable(recorded(some))),
});
console.log(`\n${checkTable(recorded(rows))}`);
if (values.write) {
  await writeFile(new URL('checked.json', import.meta.url), `${JSON.stringify(recorded(rows), null, 2)}\n`);
}
process.exit(0);
