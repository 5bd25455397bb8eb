import { fuzz } from '../../../../fuzz/fuzz.ts';
import { Runner } from './runner.ts';
import { scenarios } from './scenario.ts';

/** On a core of its own half a million sequences take about 25 minutes. */
const LONG_LIMIT_MS = 50 * 60_000;

/** Registers the property that pages which join by name see what the model allows, on so many relays. */
export function checkPages(relays: 1 | 2): void {
  fuzz(`on ${relays} simulated relays a page by name skips and repeats as promised`, {
    arbitrary: scenarios.map((scenario) => ({ ...scenario, relays })),
    runs: 5_000,
    longRuns: 500_000,
    longLimitMs: LONG_LIMIT_MS,
    seed: 1,
    async check(scenario) {
      const faults = await new Runner(scenario).play();
      if (faults.length > 0) throw new Error(faults.join('; '));
    },
  });
}
