// A report of a load run that did not take place.
import { summaryOf } from '../../scripts/load/loop-delay.ts';
import { Measurements } from '../../scripts/load/measurements.ts';
import { type LoadReport, loadReport } from '../../scripts/load/report.ts';
import type { LoadResult } from '../../scripts/load/run-load.ts';

const SECOND_MS = 1_000;
const SECONDS = 200;

/** A run of 200 seconds with a cut; `change` may measure more. */
export function madeUpResult(change: (measured: Measurements) => void = () => {}): LoadResult {
  const measured = new Measurements();
  const loop = [];
  for (let second = 1; second <= SECONDS; second++) {
    measured.begun = Math.min(20, second);
    if (second <= 20) measured.addConnected(1);
    if (second < 20) measured.addJoined(1);
    measured.published('new-message-event');
    measured.delivered('new-message-event', second === 100 ? 900 : 5 + (second % 7), true);
    const delay = { p99Ms: second > 100 && second < 105 ? 80 : 2, maxMs: 90 };
    loop.push(delay);
    measured.sample(second * SECOND_MS, delay);
  }
  measured.connects.record(30);
  measured.joins.record(12);
  measured.losses.add('1006 the connection broke');
  change(measured);
  return {
    ...{ measured, durationMs: SECONDS * SECOND_MS, isInterrupted: false, running: undefined },
    schedule: { agents: 20, rampMs: 20_000, holdMs: 180_000 },
    faults: [{ fault: 'cut:10%', fromMs: 100_000, toMs: 100_001, desktops: 2 }],
    elapsedMs: () => SECONDS * SECOND_MS,
    loop: summaryOf({ p99Ms: 3, maxMs: 90 }, loop, 0.4),
  };
}

export function madeUpReport(change?: (measured: Measurements) => void): LoadReport {
  return loadReport(madeUpResult(change), {
    startedAt: new Date('2026-03-12T09:15:41.387Z'),
    target: { isLocal: false, relay: 'https://relay.example.com', events: 'through Pub/Sub of my-project' },
    options: {
      ...{ native: 0.5, speed: 1, shares: { duplicates: 0, reorder: 0.05 } },
      faults: [{ name: 'cut', share: 0.1 }],
    },
  });
}
