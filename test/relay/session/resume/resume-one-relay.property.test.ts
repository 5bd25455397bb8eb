// What pages that join by name see, on one simulated relay, against a model of what each may see.
import { test } from 'uvu';
import { fuzz } from '../../../fuzz/fuzz.ts';
import { Runner } from './model/runner.ts';
import { scenarios } from './model/scenario.ts';

fuzz('on one relay, a page that joins by name skips nothing and repeats what it may', {
  arbitrary: scenarios.map((scenario) => ({ ...scenario, relays: 1 })),
  runs: 5_000,
  seed: 1,
  async check(scenario) {
    const faults = await new Runner(scenario).play();
    if (faults.length > 0) throw new Error(faults.join('; '));
  },
});

test.run();
