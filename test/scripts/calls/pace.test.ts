// No test asserts that something is fast: a busy machine is slow.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createPace } from '../../../scripts/calls/pace.ts';

const { signal } = new AbortController();

test('a time is reached as much sooner as the clock is faster', async () => {
  const pace = createPace(2_000);
  const before = performance.now();
  await pace.reached(60_000, signal);
  const took = performance.now() - before;
  assert.ok(took >= 29 && took < 60_000, String(took));
});

test('a clock that is made faster is reached by who waits already', async () => {
  const pace = createPace(0.001);
  const waiting = pace.reached(1_000, signal);
  pace.setSpeed(1_000_000);
  await waiting;
  assert.is(pace.speed, 1_000_000);
});

test('a paused clock reaches nothing, not even what was reached, until it runs', async () => {
  const pace = createPace(1_000_000);
  await pace.reached(10, signal);
  pace.setPaused(true);
  let isReached = false;
  const waiting = pace.reached(5, signal).then(() => {
    isReached = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.is(isReached, false);
  pace.setPaused(false);
  await waiting;
});

test('time does not pass while the clock is paused', async () => {
  let now = 0;
  const pace = createPace(2, () => now);
  now = 10;
  pace.setPaused(true);
  now = 10_000;
  pace.setPaused(false);
  await pace.reached(20, signal);
  const late = new AbortController();
  const waiting = pace.reached(1_000, late.signal).catch((error: Error) => error.name);
  late.abort();
  assert.is(await waiting, 'AbortError');
});

test('a clock that starts again is at the given time', async () => {
  let now = 0;
  const pace = createPace(1, () => now);
  now = 5_000;
  pace.startAt(100);
  await pace.reached(100, signal);
  const late = new AbortController();
  const waiting = pace.reached(4_000, late.signal).catch((error: Error) => error.name);
  late.abort();
  assert.is(await waiting, 'AbortError');
});

test.run();
