import { EVENT_KINDS, type EventKind } from '../../shared/event.ts';
import { percentile } from '../calls/delivery-report.ts';
import type { CheckListener } from './conversation-check.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import type { LoopSample } from './loop-delay.ts';

export const COUNTS = [
  'published',
  'delivered',
  'lost',
  'repeated',
  'outOfOrder',
  'superseded',
  'unexpected',
  'unsettled',
] as const;

/** What became of events. `unsettled` had not arrived when a run was interrupted. */
export type EventCounts = Record<(typeof COUNTS)[number], number>;

/** A second of a run; longer where this process was late. */
export interface Sample {
  /** Its end, in milliseconds after the start. */
  atMs: number;
  /** How many desktops have a connection, and how many are in their conversation. */
  connected: number;
  joined: number;
  /** Events in this time. */
  published: number;
  delivered: number;
  /** From publishing to a desktop that was there, in milliseconds; null when nothing arrived. */
  p50: number | null;
  p95: number | null;
  p99: number | null;
  /** How late this process itself was, in milliseconds: the 99th percentile. */
  loopDelayMs: number;
}

/** More reasons than there are: a bound for what a relay answers. */
const REASONS_MAX = 50;

/** How often something happened, by reason. */
export class Reasons {
  readonly #counts = new Map<string, number>();

  add(reason: string): void {
    const isFull = this.#counts.size >= REASONS_MAX && !this.#counts.has(reason);
    const key = isFull ? 'other' : reason;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** The most frequent one first. */
  entries(): { reason: string; count: number }[] {
    return [...this.#counts]
      .map(([reason, count]) => ({ reason, count }))
      .toSorted((one, other) => other.count - one.count || one.reason.localeCompare(other.reason));
  }
}

/** All that a run measures. */
export class Measurements implements CheckListener {
  /** Agents that have begun. */
  begun = 0;
  /** Desktops that have a connection, and that are in their conversation; and the most at a time. */
  connected = 0;
  joined = 0;
  mostConnected = 0;
  mostJoined = 0;
  readonly counts = new Map(EVENT_KINDS.map((kind) => [kind, noCounts()]));
  /** From publishing to a desktop that was there. */
  readonly latencies = new Map(EVENT_KINDS.map((kind) => [kind, new LatencyHistogram()]));
  /** From publishing to a desktop that was away, or did not read, in between. */
  readonly delayed = new LatencyHistogram();
  /** From the first attempt to connect until the relay has accepted the token. */
  readonly connects = new LatencyHistogram();
  /** From a join to its answer. */
  readonly joins = new LatencyHistogram();
  /** From the loss of a connection until the desktop is in its conversation again. */
  readonly reconnects = new LatencyHistogram();
  readonly losses = new Reasons();
  readonly refusals = new Reasons();
  readonly errors = new Reasons();
  readonly samples: Sample[] = [];
  #second: number[] = [];
  #before = { published: 0, delivered: 0 };

  addConnected(change: 1 | -1): void {
    this.connected += change;
    this.mostConnected = Math.max(this.mostConnected, this.connected);
  }

  addJoined(change: 1 | -1): void {
    this.joined += change;
    this.mostJoined = Math.max(this.mostJoined, this.joined);
  }

  published(kind: EventKind): void {
    this.#count(kind, 'published');
  }

  delivered(kind: EventKind, latencyMs: number, isLive: boolean): void {
    this.#count(kind, 'delivered');
    if (!isLive) {
      this.delayed.record(latencyMs);
      return;
    }
    this.latencies.get(kind)?.record(latencyMs);
    this.#second.push(latencyMs);
  }

  repeated(kind: EventKind): void {
    this.#count(kind, 'repeated');
  }

  outOfOrder(kind: EventKind): void {
    this.#count(kind, 'outOfOrder');
  }

  lost(kind: EventKind): void {
    this.#count(kind, 'lost');
  }

  superseded(kind: EventKind): void {
    this.#count(kind, 'superseded');
  }

  unexpected(kind: EventKind): void {
    this.#count(kind, 'unexpected');
  }

  unsettled(kind: EventKind): void {
    this.#count(kind, 'unsettled');
  }

  totals(): EventCounts {
    const totals = noCounts();
    for (const counts of this.counts.values()) for (const name of COUNTS) totals[name] += counts[name];
    return totals;
  }

  /** Of all kinds. */
  latency(): LatencyHistogram {
    const all = new LatencyHistogram();
    for (const histogram of this.latencies.values()) all.add(histogram);
    return all;
  }

  /** Ends a second. */
  sample(atMs: number, { p99Ms }: Pick<LoopSample, 'p99Ms'>): Sample {
    const { published, delivered } = this.totals();
    const sorted = this.#second.sort((one, other) => one - other);
    const at = (share: number) => percentile(sorted, share) ?? null;
    const sample = {
      atMs,
      connected: this.connected,
      joined: this.joined,
      published: published - this.#before.published,
      delivered: delivered - this.#before.delivered,
      ...{ p50: at(0.5), p95: at(0.95), p99: at(0.99) },
      loopDelayMs: p99Ms,
    };
    this.samples.push(sample);
    this.#before = { published, delivered };
    this.#second = [];
    return sample;
  }

  #count(kind: EventKind, name: keyof EventCounts): void {
    const counts = this.counts.get(kind);
    if (counts !== undefined) counts[name] += 1;
  }
}

function noCounts(): EventCounts {
  return Object.fromEntries(COUNTS.map((name) => [name, 0])) as EventCounts;
}
