import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SYSTEM_CLOCK, Timers } from '../../../relay/client/timers.ts';
import { FakeClock } from './fake-clock.ts';

const nothing = () => Promise.resolve();

test('setting a timer again replaces it', async () => {
  const clock = new FakeClock();
  const timers = new Timers(clock);
  const calls: string[] = [];
  timers.set('a', 10, () => calls.push('first'));
  timers.set('a', 20, () => calls.push('second'));
  timers.set('b', 15, () => calls.push('b'));
  await clock.advance(100, nothing);
  assert.equal(calls, ['b', 'second']);
});

test('a timer can set itself again', async () => {
  const clock = new FakeClock();
  const timers = new Timers(clock);
  let calls = 0;
  const tick = () => {
    calls++;
    timers.set('tick', 10, tick);
  };
  tick();
  await clock.advance(35, nothing);
  assert.is(calls, 4);
  timers.cancel('tick');
  assert.is(clock.pending, 0);
});

test('all timers end together', async () => {
  const clock = new FakeClock();
  const timers = new Timers(clock);
  for (const name of ['a', 'b', 'c']) timers.set(name, 10, () => assert.unreachable());
  timers.cancelAll();
  assert.is(clock.pending, 0);
  await clock.advance(100, nothing);
});

test('a time that is longer than a timer can take is not over at once', () => {
  let asked = 0;
  const timers = new Timers({
    now: () => 0,
    after: (ms) => {
      asked = ms;
      return () => {};
    },
  });
  timers.set('a', 400 * 24 * 3_600_000, () => {});
  assert.is(asked, 2 ** 31 - 1);
});

test('the system clock calls back, unless it is told not to', async () => {
  const called: string[] = [];
  const cancel = SYSTEM_CLOCK.after(1, () => called.push('cancelled'));
  cancel();
  await new Promise<void>((resolve) => {
    SYSTEM_CLOCK.after(5, () => resolve());
  });
  assert.equal(called, []);
  assert.ok(Math.abs(SYSTEM_CLOCK.now() - Date.now()) < 5_000);
});

test.run();
