import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { frameTimes, type TraceEvent } from '../../bench/page/frame-times.ts';

const MAIN = { pid: 7, tid: 1 };
const thread = (pid: number, tid: number, name: string): TraceEvent => ({
  name: 'thread_name',
  ph: 'M',
  pid,
  tid,
  ts: 0,
  args: { name },
});
const task = (ts: number, dur: number, where = MAIN): TraceEvent => ({
  name: 'ThreadControllerImpl::RunTask',
  ph: 'X',
  ts,
  dur,
  ...where,
});
const frame = (ts: number, where = MAIN): TraceEvent => ({
  name: 'BeginMainThreadFrame',
  ph: 'I',
  ts,
  ...where,
});

test('a frame takes what the main thread has worked since the frame before', () => {
  const trace = [
    thread(7, 1, 'CrRendererMain'),
    task(0, 1_000),
    task(5_000, 2_000),
    task(8_000, 4_000),
    frame(8_100),
    task(20_000, 500),
    frame(20_100),
    task(30_000, 9_000),
  ];
  assert.equal(frameTimes(trace), [7, 0.5]);
});

test('a task within another task is not counted twice', () => {
  const trace = [thread(7, 1, 'CrRendererMain'), task(0, 10_000), task(1_000, 5_000), frame(2_000)];
  assert.equal(frameTimes(trace), [10]);
});

test('the time of a processor counts where the trace has it', () => {
  const trace = [thread(7, 1, 'CrRendererMain'), { ...task(0, 10_000), tdur: 4_000 }, frame(2_000)];
  assert.equal(frameTimes(trace), [4]);
});

test('other threads and pages without frames do not count', () => {
  const other = { pid: 8, tid: 1 };
  const compositor = { pid: 7, tid: 2 };
  const trace = [
    thread(8, 1, 'CrRendererMain'),
    thread(7, 1, 'CrRendererMain'),
    thread(7, 2, 'Compositor'),
    task(0, 50_000, other),
    task(0, 60_000, compositor),
    task(0, 3_000),
    frame(100),
  ];
  assert.equal(frameTimes(trace), [3]);
});

test('a trace without a page has no frames', () => {
  assert.equal(frameTimes([]), []);
});

test.run();
