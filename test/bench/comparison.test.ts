import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compare, orderOf } from '../../bench/comparison.ts';

test('the floor is measured between product and control, which swap in each round', () => {
  assert.equal(orderOf(0), ['product', 'floor', 'control']);
  assert.equal(orderOf(1), ['control', 'floor', 'product']);
  assert.equal(orderOf(2), orderOf(0));
});

test('ratios are taken within a round, so a machine that slows down does not count', () => {
  const rounds = [
    { product: 90, floor: 100, control: 110 },
    { product: 45, floor: 50, control: 50 },
    { product: 9, floor: 10, control: 9 },
  ];
  const comparison = compare(rounds, { atLeast: 0.85 });
  assert.equal(comparison.ratio, { median: 0.9, least: 0.9, greatest: 0.9 });
  assert.equal(comparison.controlRatio, { median: 1, least: 0.9, greatest: 1.1 });
  assert.equal(comparison.product, { median: 45, least: 9, greatest: 90 });
  assert.is(comparison.floor.median, 50);
  assert.is(comparison.control.median, 50);
});

const round = (product: number) => ({ product, floor: 100, control: 100 });

test('a target is met at its very limit and missed past it, by the median', () => {
  assert.ok(compare([round(85)], { atLeast: 0.85 }).isMet);
  assert.not(compare([round(84)], { atLeast: 0.85 }).isMet);
  assert.ok(compare([round(50)], { figureAtMost: 50 }).isMet);
  assert.not(compare([round(51)], { figureAtMost: 50 }).isMet);
  assert.ok(compare([round(150)], { atMost: 1.5 }).isMet);
  assert.not(compare([round(151)], { atMost: 1.5 }).isMet);
  assert.ok(compare([round(10), round(90), round(95)], { atLeast: 0.85 }).isMet);
  assert.not(compare([round(10), round(80), round(95)], { atLeast: 0.85 }).isMet);
});

test('a figure that is missing meets no target', () => {
  assert.not(compare([round(Number.NaN)], { atLeast: 0.85 }).isMet);
  assert.not(compare([round(Number.NaN)], { atMost: 1.5 }).isMet);
});

test.run();
