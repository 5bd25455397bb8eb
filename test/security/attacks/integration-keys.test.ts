import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RATE_LIMITS } from '../../../relay/rate-limits/limits.ts';
import { withstandsAgent } from './rest-attack.ts';

// Ten requests each, so that 1,000 come at once.
withstandsAgent('integration keys', 100, ({ integrationKeys }) => {
  // A minute may end meanwhile.
  assert.ok(integrationKeys <= 2 * RATE_LIMITS.keyWritesPerMinute, `${integrationKeys} keys`);
});

test.run();
