// `node bench/simulation/measure.ts` measures what the model takes as costs, and writes measured.json. It needs the build,
// takes two minutes, and is disturbed by whatever else runs. So it takes the smallest figure of several rounds.
import { writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import type { MeasuredCosts } from './costs.ts';
import { measureFunction } from './measure/function.ts';
import { measureRedis } from './measure/redis.ts';
import { measureRelay } from './measure/relay.ts';

const ROUNDS = 3;

const load = loadavg()[0] ?? 0;
console.log('Redis');
const redis = await measureRedis(ROUNDS);
const { version, ...costs } = redis;
console.log(JSON.stringify(redis));
console.log('a relay');
const relay = await measureRelay(ROUNDS);
const { joinBytes, connectionBytes, commandMicros, receiverMicros, ...ofRelay } = relay;
const measured: MeasuredCosts = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${availableParallelism()} cores, Node ${process.versions.node}, Redis ${version}`,
  state: `smallest of ${ROUNDS} rounds, load average ${load.toFixed(1)} at the start`,
  redis: { ...costs, joinBytes, connectionBytes, commandMicros, receiverMicros },
  function: { eventMicros: await measureFunction(ROUNDS) },
  relay: ofRelay,
};
await writeFile(new URL('measured.json', import.meta.url), `${JSON.stringify(measured, null, 2)}\n`);
console.log(JSON.stringify(measured, null, 2));
process.exit(0);
