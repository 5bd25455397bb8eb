// What a load run leaves: its report as JSON. It has no token, no name of a conversation and nothing that was said.
import { availableParallelism } from 'node:os';
import { EVENT_KINDS } from '../../shared/event.ts';
import { faultText } from './faults.ts';
import type { Bucket, LatencySummary } from './latency-histogram.ts';
import { LATE_MS, type LoopSummary } from './loop-delay.ts';
import type { EventCounts, Sample } from './measurements.ts';
import type { LoadOptions, LoadResult, MadeFault } from './run-load.ts';

export const REPORT_FORMAT = 'agent-assist-relay-load';
/** One more when a member changes its meaning or goes away; new members may come at any time. */
export const REPORT_VERSION = 1;

/** Times are in milliseconds, shares from 0 to 1. docs/simulator.md documents the members. */
export interface LoadReport {
  format: typeof REPORT_FORMAT;
  version: typeof REPORT_VERSION;
  /** RFC 3339, in UTC. */
  startedAt: string;
  durationMs: number;
  /** Whether Ctrl-C has ended the run. */
  isInterrupted: boolean;
  /** True only when no event was lost, repeated, out of order or unexpected, and nothing was refused. */
  isGood: boolean;
  target: { isLocal: boolean; relay: string; events: string };
  options: {
    agents: number;
    rampMs: number;
    holdMs: number;
    native: number;
    speed: number;
    duplicates: number;
    reorder: number;
    faults: string[];
  };
  machine: { node: string; platform: string; cores: number };
  agents: { begun: number; mostConnected: number; mostJoined: number };
  /** The kinds of events, and all of them as `total`. */
  events: Record<string, EventCounts & { latency: LatencySummary }>;
  /** Events that arrived after their desktop had been away or had not read. */
  delayed: LatencySummary;
  connects: LatencySummary;
  joins: LatencySummary;
  reconnects: LatencySummary;
  losses: Reason[];
  refusals: Reason[];
  errors: Reason[];
  faults: MadeFault[];
  /** Of the latencies in `events.total`. */
  histogram: Bucket[];
  /** One for each second. */
  samples: Sample[];
  /** This process itself; `lateMs` is the delay from which on a second counts as late. */
  generator: LoopSummary & { lateMs: number };
}

export interface Reason {
  reason: string;
  count: number;
}

export interface ReportContext {
  startedAt: Date;
  target: LoadReport['target'];
  options: Pick<LoadOptions, 'native' | 'speed' | 'shares' | 'faults'>;
}

export function loadReport(result: LoadResult, { startedAt, target, options }: ReportContext): LoadReport {
  const { schedule, measured, durationMs, isInterrupted, faults, loop } = result;
  const all = measured.latency();
  const totals = measured.totals();
  const { native, speed, shares } = options;
  const rows = EVENT_KINDS.map((kind) => [
    kind,
    { ...(measured.counts.get(kind) ?? totals), latency: summaryOf(measured.latencies.get(kind)) },
  ]);
  return {
    ...{ format: REPORT_FORMAT, version: REPORT_VERSION },
    startedAt: startedAt.toISOString(),
    durationMs: Math.round(durationMs),
    isInterrupted,
    isGood: isGood(totals, measured.refusals.total),
    target,
    options: { ...schedule, native, speed, ...shares, faults: options.faults.map(faultText) },
    machine: {
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
      cores: availableParallelism(),
    },
    agents: {
      begun: measured.begun,
      mostConnected: measured.mostConnected,
      mostJoined: measured.mostJoined,
    },
    events: { ...Object.fromEntries(rows), total: { ...totals, latency: all.summary() } },
    delayed: measured.delayed.summary(),
    connects: measured.connects.summary(),
    joins: measured.joins.summary(),
    reconnects: measured.reconnects.summary(),
    losses: measured.losses.entries(),
    refusals: measured.refusals.entries(),
    errors: measured.errors.entries(),
    faults,
    histogram: all.buckets(),
    samples: measured.samples,
    generator: { ...loop, lateMs: LATE_MS },
  };
}

function isGood(totals: EventCounts, refusals: number): boolean {
  const { published, lost, repeated, outOfOrder, unexpected } = totals;
  return published > 0 && lost + repeated + outOfOrder + unexpected + refusals === 0;
}

function summaryOf(histogram: { summary(): LatencySummary } | undefined): LatencySummary {
  return histogram?.summary() ?? { count: 0, p50: null, p95: null, p99: null, max: null };
}
