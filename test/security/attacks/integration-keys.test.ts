import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RATE_LIMITS } from '../../../relay/rate-limits/limits.ts';
import { withstandsFlood } from './rest-attack.ts';

// Ten requests each, so that 1,000 come at once.
withstandsFlood('integration keys', 100, async (redis) => {
  // Each is kept under its SHA-256.
  const keys = (await redis.keys('*')).filter((key) => /^[0-9a-f]{64}$/.test(key));
  // A minute may end meanwhile.
  assert.ok(keys.length <= 2 * RATE_LIMITS.keyWritesPerMinute, `${keys.length} keys`);
});

test.run();
