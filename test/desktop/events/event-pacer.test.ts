import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EventPacer } from '../../../relay/desktop/events/event-pacer.ts';

/** A page whose frames a test draws. */
function start() {
  const handled: number[][] = [];
  let due: (() => void)[] = [];
  const pacer = new EventPacer<number>(
    (run) => due.push(run),
    (events) => handled.push([...events]),
  );
  const drawFrame = () => {
    const now = due;
    due = [];
    for (const run of now) run();
  };
  return { pacer, handled, drawFrame, isIdle: () => due.length === 0 };
}

test('an event that comes alone is handed over at once', () => {
  const { pacer, handled, drawFrame, isIdle } = start();
  pacer.push(1);
  assert.equal(handled, [[1]]);
  drawFrame();
  assert.ok(isIdle());
  pacer.push(2);
  assert.equal(handled, [[1], [2]]);
});

test('events of one frame are handed over together with the next frame', () => {
  const { pacer, handled, drawFrame } = start();
  for (const event of [1, 2, 3]) pacer.push(event);
  assert.equal(handled, [[1]]);
  drawFrame();
  assert.equal(handled, [[1], [2, 3]]);
  pacer.push(4);
  assert.equal(handled, [[1], [2, 3]]);
  drawFrame();
  assert.equal(handled, [[1], [2, 3], [4]]);
});

test('a thousand events take several frames, in their order', () => {
  const { pacer, handled, drawFrame, isIdle } = start();
  const events = Array.from({ length: 1_000 }, (_, index) => index);
  for (const event of events) pacer.push(event);
  while (!isIdle()) drawFrame();
  assert.ok(handled.length > 10);
  assert.ok(Math.max(...handled.map((each) => each.length)) < 100);
  assert.equal(handled.flat(), events);
});

test('flush hands over what waits at once, and once', () => {
  const { pacer, handled, drawFrame } = start();
  for (const event of [1, 2, 3]) pacer.push(event);
  pacer.flush();
  pacer.flush();
  drawFrame();
  assert.equal(handled, [[1], [2, 3]]);
});

test.run();
