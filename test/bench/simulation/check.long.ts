// The check of docs/scale.md in small: 3 relays, 30 desktops. It needs the build.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runCheck } from '../../../bench/simulation/check/run.ts';
import { errorOf } from '../../../bench/simulation/check-table.ts';
import { measuredCosts } from '../../../bench/simulation/costs.ts';

test('a real run has the counts that the model says', async () => {
  const rows = await runCheck({
    primaries: 3,
    relays: 3,
    replaced: 1,
    desktops: 30,
    watchers: 3,
    processes: 1,
    call: { messages: 6, interimsEach: 10, suggestions: 3 },
    costs: measuredCosts(),
    log: () => {},
  });
  const exact = rows.filter(({ isExact }) => isExact);
  assert.ok(exact.length > 20);
  // On a busy machine a command may take longer than its second, and is sent again.
  for (const row of exact) assert.ok(Math.abs(errorOf(row)) <= 0.05, JSON.stringify(row));
});

test.run();
