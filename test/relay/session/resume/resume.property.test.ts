import { test } from 'uvu';
import { fuzz } from '../../../fuzz/fuzz.ts';
import { Runner } from './model/runner.ts';
import { scenarios } from './model/scenario.ts';

fuzz('whatever happens, a page that joins by name skips nothing and is sent again what it may be', {
  arbitrary: scenarios,
  async check(scenario) {
    const faults = await new Runner(scenario).play();
    if (faults.length > 0) throw new Error(faults.join('; '));
  },
  runs: 10_000,
});

test.run();
