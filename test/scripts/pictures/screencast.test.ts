import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { timeFrames } from '../../../scripts/pictures/screencast.ts';

const RATE = { speed: 1, perSecond: 10, lastMs: 2_000 };
const frames = (...seconds: number[]) => seconds.map((at) => ({ file: `${at}.png`, at }));

test('a frame is seen until the next one, and the last one as long as is asked', () => {
  assert.equal(timeFrames(frames(5, 5.5, 7), RATE), [
    { file: '5.png', durationMs: 500 },
    { file: '5.5.png', durationMs: 1_500 },
    { file: '7.png', durationMs: 2_000 },
  ]);
});

test('frames that were sent out of order are shown in the order of their times', () => {
  const shown = timeFrames(frames(0, 2, 1), RATE).map(({ file }) => file);
  assert.equal(shown, ['0.png', '1.png', '2.png']);
});

test('of frames that come faster than they are shown, the last one is kept', () => {
  assert.equal(timeFrames(frames(0, 0.31, 0.33, 0.35, 0.62), RATE), [
    { file: '0.png', durationMs: 300 },
    { file: '0.35.png', durationMs: 300 },
    { file: '0.62.png', durationMs: 2_000 },
  ]);
});

test('the durations add up to the time that was recorded', () => {
  const recorded = Array.from({ length: 500 }, (_, index) => index * 0.0166);
  const timed = timeFrames(frames(...recorded), RATE);
  const sum = timed.slice(0, -1).reduce((total, { durationMs }) => total + durationMs, 0);
  assert.is(sum, 8_200);
});

test('an animation that is twice as fast takes half the time', () => {
  assert.equal(timeFrames(frames(0, 1), { ...RATE, speed: 2 }), [
    { file: '0.png', durationMs: 500 },
    { file: '1.png', durationMs: 2_000 },
  ]);
});

test('nothing recorded is no animation', () => {
  assert.equal(timeFrames([], RATE), []);
});

test.run();
