import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { catchUpWith, startCatchUp } from '../../../relay/desktop/connection/catch-up.ts';
import { clockSkew } from '../../../relay/desktop/connection/clock-skew.ts';

test('events from before the join count, with the times of the first and the last', () => {
  const catchUp = [700, 500, 900].reduce(catchUpWith, startCatchUp(1_000, true));
  assert.equal(catchUp, { joinedAt: 1_000, isFirstJoin: true, count: 3, from: 500, to: 900, isOver: false });
});

test('an event from after the join ends it, and later ones do not open it again', () => {
  const over = [900, 1_001].reduce(catchUpWith, startCatchUp(1_000, false));
  assert.is(over.isOver, true);
  assert.is(over.count, 1);
  assert.is(catchUpWith(over, 900).isOver, true);
});

test('a clock that is minutes ahead or behind is noticed, a close one is not', () => {
  const served = 'Mon, 30 Nov 2026 09:00:00 GMT';
  const time = Date.parse(served);
  assert.is(clockSkew(served, time + 120_500), 120_000);
  assert.is(clockSkew(served, time - 119_500), -120_000);
  assert.is(clockSkew(served, time + 900), 0);
  assert.is(clockSkew(null, time), 0);
  assert.is(clockSkew('nonsense', time), 0);
});

test.run();
