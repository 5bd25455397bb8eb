// `node bench/simulation/measure.ts` measures what the model takes as costs, and writes measured.json. It needs the build
// and takes two minutes. `node bench/simulation/measure.ts relay` measures one part again: redis or relay.
// Whatever else runs disturbs the figures, so it takes the smallest of several rounds.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { type MeasuredCosts, measuredCosts } from './costs.ts';
import { measureRedis } from './measure/redis.ts';
import { measureRelay } from './measure/relay.ts';

const ROUNDS = 3;
/** A CPU profile of row a of docs/performance.md. */
const FUNCTION_MICROS = 119;
const FILE = new URL('measured.json', import.meta.url);
const only = process.argv[2];
const isWanted = (part: string) => only === undefined || only === part;

const load = loadavg()[0] ?? 0;
const before: Partial<MeasuredCosts> = existsSync(FILE) ? measuredCosts() : {};
const redis = isWanted('redis') ? await measureRedis(ROUNDS) : before.redis;
const relay = isWanted('relay') ? await measureRelay(ROUNDS) : undefined;
const measured = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${availableParallelism()} cores, Node ${process.versions.node}`,
  state: `smallest of ${ROUNDS} rounds, load average ${load.toFixed(1)} at the start`,
  redis: { ...before.redis, ...redis, ...relay?.redis },
  function: { eventMicros: FUNCTION_MICROS },
  relay: relay?.relay ?? before.relay,
};
await writeFile(FILE, `${JSON.stringify(measured, null, 2)}\n`);
console.log(JSON.stringify(measured, null, 2));
process.exit(0);
