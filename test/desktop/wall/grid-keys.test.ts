import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { stepFor } from '../../../relay/desktop/wall/grid-keys.ts';

// Eight calls in three columns: 0 1 2 / 3 4 5 / 6 7.
const step = (key: string, index: number) => stepFor(key, index, 8, 3);

test('left and right go on in the next row and end at the ends', () => {
  assert.equal(
    [step('ArrowRight', 2), step('ArrowLeft', 3), step('ArrowLeft', 0), step('ArrowRight', 7)],
    [3, 2, 0, 7],
  );
});

test('up and down stay in the column', () => {
  assert.equal([step('ArrowDown', 1), step('ArrowUp', 4), step('ArrowUp', 2)], [4, 1, 2]);
});

test('down goes to the last call where its row is short, and stays in the last row', () => {
  assert.equal([step('ArrowDown', 5), step('ArrowDown', 6), step('ArrowDown', 7)], [7, 6, 7]);
});

test('Home and End go to the ends, other keys nowhere', () => {
  assert.equal([step('Home', 5), step('End', 5), step('a', 5)], [0, 7, undefined]);
});

test.run();
