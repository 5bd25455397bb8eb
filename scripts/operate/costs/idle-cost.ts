// What a deployment of given sizes costs a month while nobody calls. `costs.ts` has the whole bill with the sizes of
// `.env.sample`, and calls.
import { readFileSync } from 'node:fs';
import { costOf, type Line, type PriceFile, SIDECAR } from './costs.ts';

/** What is kept all the time. */
export interface Sizes {
  relays: number;
  relayCpus: number;
  relayGib: number;
  functions: number;
  functionCpus: number;
  functionGib: number;
  /** None where Redis is somebody else's. */
  redisGib: number | undefined;
  hasConnector: boolean;
  /** Whether each relay has the metrics sidecar. */
  hasSidecar: boolean;
  secretVersions: number;
}

const HOURS = 730;
const SECONDS = HOURS * 3_600;
const CONNECTOR_MACHINES = 2;

export function listPrices(): PriceFile {
  return JSON.parse(readFileSync(new URL('prices.json', import.meta.url), 'utf8'));
}

/** In the file's currency, rounded to whole ones. What has no known price is left out. */
export function idleCost(sizes: Sizes, file: PriceFile): number {
  const relaySeconds = sizes.relays * SECONDS;
  const functionSeconds = sizes.functions * SECONDS;
  const sidecarSeconds = sizes.hasSidecar ? relaySeconds : 0;
  const lines: readonly [price: string, quantity: number][] = [
    ['run-cpu-always', relaySeconds * sizes.relayCpus + sidecarSeconds * SIDECAR.cpus],
    ['run-memory-always', relaySeconds * sizes.relayGib + sidecarSeconds * SIDECAR.gib],
    ['prometheus-samples', (sidecarSeconds * SIDECAR.series) / SIDECAR.scrapeSeconds / 1_000_000],
    ['run-cpu-idle', functionSeconds * sizes.functionCpus],
    ['run-memory-idle', functionSeconds * sizes.functionGib],
    ['redis-standard', (sizes.redisGib ?? 0) * HOURS],
    ['connector-vm', sizes.hasConnector ? CONNECTOR_MACHINES * HOURS : 0],
    ['secret-version', sizes.secretVersions],
  ];
  const costs = lines.map(([price, quantity]): number => {
    const line: Line = { what: price, price, quantity };
    return costOf(line, file) ?? 0;
  });
  return Math.round(costs.reduce((total, cost) => total + cost, 0));
}
