import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LimitLog } from '../../../relay/rate-limits/limit-log.ts';

test('refusals are one line a minute, with the limits that were crossed', () => {
  const lines: unknown[] = [];
  const log = new LimitLog({ warn: (fields: unknown) => void lines.push(fields) });
  for (let index = 0; index < 1_000; index++) log.count('calls', 'okta:flood');
  log.count('refusals');
  assert.equal(lines, [{ refused: { calls: 1 }, sub: 'okta:flood' }]);
});

test.run();
