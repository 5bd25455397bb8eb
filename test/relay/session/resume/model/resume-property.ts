import { fuzz } from '../../../../fuzz/fuzz.ts';
import { Runner } from './runner.ts';
import { scenarios } from './scenario.ts';

/** Registers the property that pages which join by name see what the model allows, on so many relays. */
export function checkPages(relays: 1 | 2): void {
  fuzz(`on ${relays} simulated relays a page by name skips nothing and repeats what it may`, {
    arbitrary: scenarios.map((scenario) => ({ ...scenario, relays })),
    runs: 5_000,
    seed: 1,
    async check(scenario) {
      const faults = await new Runner(scenario).play();
      if (faults.length > 0) throw new Error(faults.join('; '));
    },
  });
}
