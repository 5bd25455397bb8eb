import { monitorEventLoopDelay, performance } from 'node:perf_hooks';

/** How late the event loop of this process was. */
export interface LoopSample {
  /** The 99th percentile, in milliseconds. */
  p99Ms: number;
  /** In milliseconds. */
  maxMs: number;
}

export interface LoopSummary extends LoopSample {
  /** How much of one core the process has used, from 0 to 1; its other threads may make it more. */
  cpu: number;
  /** Seconds in which the delay was too long for figures to be relied on. */
  lateSeconds: number;
  seconds: number;
  /** False when too many seconds were late. */
  isReliable: boolean;
}

/** From here on, in milliseconds, the delay of this process shows in the latencies that it measures. */
export const LATE_MS = 50;
/** Share of late seconds from which on the figures of a run are not reliable. */
const LATE_SHARE = 0.1;
const RESOLUTION_MS = 10;
const NANOSECONDS = 1e6;

/** Measures the event loop of this process: a late process takes events for late. */
export interface LoopDelay {
  /** The time since the last sample. */
  sample(): LoopSample;
  /** The time since the start; ends the measurement. */
  stop(): LoopSummary;
}

export function startLoopDelay(): LoopDelay {
  const recent = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const whole = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  recent.enable();
  whole.enable();
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const samples: LoopSample[] = [];
  return {
    sample() {
      const sample = sampleOf(recent);
      recent.reset();
      samples.push(sample);
      return sample;
    },
    stop() {
      recent.disable();
      whole.disable();
      const { user, system } = process.cpuUsage(cpuBefore);
      const elapsedUs = (performance.now() - startedAt) * 1_000;
      return summaryOf(sampleOf(whole), samples, (user + system) / elapsedUs);
    },
  };
}

/** Pure. */
export function summaryOf(whole: LoopSample, samples: readonly LoopSample[], cpu: number): LoopSummary {
  const lateSeconds = samples.filter(({ p99Ms }) => p99Ms > LATE_MS).length;
  const isReliable = lateSeconds <= samples.length * LATE_SHARE;
  return { ...whole, cpu, lateSeconds, seconds: samples.length, isReliable };
}

/** The monitor notes the time from one tick to the next, which is the resolution where nothing is late. */
function sampleOf(histogram: ReturnType<typeof monitorEventLoopDelay>): LoopSample {
  const delayMs = (nanoseconds: number) =>
    histogram.count === 0 ? 0 : Math.max(0, nanoseconds / NANOSECONDS - RESOLUTION_MS);
  return { p99Ms: delayMs(histogram.percentile(99)), maxMs: delayMs(histogram.max) };
}
