// How long the main thread of a page works for each of its frames, out of a trace of Chromium. Pure.

/** An event of Chromium's trace; times in microseconds. */
export interface TraceEvent {
  name: string;
  /** `X`: has a duration. `M`: says something of a process or a thread. */
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  /** How long the thread had a processor, which is less than `dur` where other programs run. */
  tdur?: number;
  args?: { name?: unknown };
}

/** What a trace must record for {@link frameTimes}. */
export const TRACE_CATEGORIES = ['toplevel', 'disabled-by-default-devtools.timeline.frame'];

const TASK = 'RunTask';
const FRAME = 'BeginMainThreadFrame';
const MAIN_THREAD = 'CrRendererMain';

/**
 * For each frame, how long the main thread has worked since the frame before it, in milliseconds of a processor: its tasks
 * with events, rendering, layout and paint. What waits between tasks does not count. While nothing changes there are no
 * frames.
 */
export function frameTimes(trace: readonly TraceEvent[]): number[] {
  const thread = busiestPage(trace);
  if (thread === undefined) return [];
  const own = trace.filter(({ pid, tid }) => `${pid} ${tid}` === thread);
  const frames = own.filter(({ name }) => name === FRAME).map(({ ts }) => ts);
  const tasks = outermost(own.filter(({ name, ph }) => ph === 'X' && name.endsWith(TASK)));
  const times: number[] = [];
  let worked = 0;
  let frame = 0;
  for (const { ts, dur = 0, tdur = dur } of tasks) {
    worked += tdur;
    const end = ts + dur;
    let hasFrame = false;
    for (; (frames[frame] ?? Number.POSITIVE_INFINITY) <= end; frame++) hasFrame = true;
    if (!hasFrame) continue;
    times.push(worked / 1_000);
    worked = 0;
  }
  return times;
}

/** The main thread with the most frames: Chromium keeps a spare process without a page. */
function busiestPage(trace: readonly TraceEvent[]): string | undefined {
  const threads = trace
    .filter(({ ph, name, args }) => ph === 'M' && name === 'thread_name' && args?.name === MAIN_THREAD)
    .map(({ pid, tid }) => `${pid} ${tid}`);
  const framesOf = (thread: string) =>
    trace.filter(({ name, pid, tid }) => name === FRAME && `${pid} ${tid}` === thread).length;
  return threads.toSorted((a, b) => framesOf(b) - framesOf(a))[0];
}

/** Tasks in the order of their times, without those that run within another one. */
function outermost(tasks: readonly TraceEvent[]): TraceEvent[] {
  const outer: TraceEvent[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const task of tasks.toSorted((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0))) {
    if (task.ts < end) continue;
    outer.push(task);
    end = task.ts + (task.dur ?? 0);
  }
  return outer;
}
