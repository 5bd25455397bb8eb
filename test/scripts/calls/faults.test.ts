import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { drawFates, seededRandom } from '../../../scripts/calls/faults.ts';

const draw = (count: number, shares: { duplicates: number; reorder: number }, seed = 1) => {
  const next = drawFates(shares, seededRandom(seed));
  return Array.from({ length: count }, next);
};

test('without faults nothing is held back or repeated', () => {
  const fates = draw(100, { duplicates: 0, reorder: 0 });
  assert.ok(fates.every(({ holdMs, repeatAfterMs }) => holdMs === 0 && repeatAfterMs === undefined));
});

test('about as many events are affected as asked for', () => {
  const fates = draw(10_000, { duplicates: 0.05, reorder: 0.2 });
  const repeated = fates.filter(({ repeatAfterMs }) => repeatAfterMs !== undefined).length;
  const held = fates.filter(({ holdMs }) => holdMs > 0).length;
  assert.ok(Math.abs(repeated - 500) < 100, String(repeated));
  assert.ok(Math.abs(held - 2_000) < 200, String(held));
});

test('a share of 1 affects every event', () => {
  const fates = draw(100, { duplicates: 1, reorder: 1 });
  assert.ok(fates.every(({ holdMs, repeatAfterMs }) => holdMs > 0 && (repeatAfterMs ?? 0) > 0));
});

test('the same seed draws the same fates, and another one others', () => {
  const shares = { duplicates: 0.5, reorder: 0.5 };
  assert.equal(draw(20, shares, 7), draw(20, shares, 7));
  assert.not.equal(draw(20, shares, 7), draw(20, shares, 8));
});

test('random numbers are between 0 and 1, and spread evenly', () => {
  const random = seededRandom(0);
  const numbers = Array.from({ length: 10_000 }, random);
  assert.ok(numbers.every((number) => number >= 0 && number < 1));
  const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  assert.ok(Math.abs(mean - 0.5) < 0.02, String(mean));
});

test.run();
