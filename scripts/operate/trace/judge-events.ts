import type { TraceReport } from '../../../relay/trace/create-trace.ts';
import type { DroppedEvents, EventReport, LogReport } from '../../../relay/trace/log-report.ts';
import { type Finding, fault, note, ok } from '../doctor/finding.ts';
import { functionSkew } from './judge-clocks.ts';
import { plural, span } from './words.ts';

/** A call that goes on has an event or an interim transcript within this time, in milliseconds, unless all are silent. */
const QUIET_MS = 120_000;
/** A cold start and a few retries take less, in milliseconds. */
const SLOW_MS = 10_000;

const DOCTOR = 'npm run doctor sends events through every step and names the one that fails';

/** What the log says of the events up to Redis, and when relays handed them out. */
export function judgeEvents(report: TraceReport, now: number): Finding[] {
  const { log } = report;
  if (log.epoch === '')
    return [
      fault(
        'events',
        'no event has ever arrived, or all have expired',
        `is the name right, and does its conversation profile publish events? ${DOCTOR}`,
      ),
    ];
  return [...judgeArrivals(log, now), ...judgeGaps(log), ...judgeLags(report)];
}

function judgeArrivals(log: LogReport, now: number): Finding[] {
  const interims = `${plural(log.interims, 'interim transcript')} so far`;
  const held = `the log has ${plural(log.top, 'event')}, ${interims}${droppedText(log.dropped)}`;
  const times = [...log.events.map(({ appendedAt }) => appendedAt), ...log.openUtterances].map(Date.parse);
  const last = Math.max(...times.filter((time) => !Number.isNaN(time)));
  if (log.isFinished) return [ok('events', `${held}; the conversation is finished`)];
  if (!Number.isFinite(last)) return [ok('events', held)];
  const age = now - last;
  if (age < QUIET_MS) return [ok('events', `${held}; the last came ${span(age)} ago`)];
  return [
    note(
      'events',
      `no event has arrived for ${span(age)}: everybody is silent, or the call's events do not get here (${held})`,
      `if the call continues: ${DOCTOR}`,
    ),
  ];
}

/** What functions dropped by design. Pub/Sub may deliver each message several times, and in any order. */
function droppedText({ duplicates, stale, over }: DroppedEvents): string {
  const parts = [
    ...(duplicates === 0 ? [] : [plural(duplicates, 'duplicate')]),
    ...(stale + over === 0 ? [] : [plural(stale + over, 'late interim transcript')]),
  ];
  return parts.length === 0 ? '' : `, dropped ${parts.join(' and ')}`;
}

function judgeGaps({ events, first, retained, top }: LogReport): Finding[] {
  const found: Finding[] = [];
  const lost = (detail: string) =>
    fault(
      'log',
      detail,
      'Redis has lost data: in a fail-over, by eviction, or by hand. npm run doctor looks at the eviction policy',
    );
  for (const [index, event] of events.entries()) {
    const before = events[index - 1];
    if (before === undefined || event.followsPrevious) continue;
    if (event.offset > before.offset + 1)
      found.push(lost(`${rangeText(before.offset + 1, event.offset - 1)} missing in the log`));
    else found.push(lost(`event ${event.offset} does not follow the event before it`));
  }
  const holes = retained === 0 ? 0 : top - first + 1 - retained;
  const seen = countMissing(events);
  if (holes > seen) found.push(lost(`${plural(holes - seen, 'older event')} missing in the log`));
  if (retained > 0 && first > 1)
    found.push(
      note(
        'log',
        `${rangeText(1, first - 1)} not retained any more: a desktop that joins now starts behind them`,
        'a larger HISTORY_SIZE, and deploy; Redis needs the room',
      ),
    );
  if (retained === 0 && top > 0)
    found.push(
      note(
        'log',
        'no event is retained: a desktop that joins now gets none',
        'HISTORY_SIZE above 0, and deploy',
      ),
    );
  return found;
}

function countMissing(events: readonly EventReport[]): number {
  const [oldest] = events;
  const newest = events.at(-1);
  return oldest === undefined || newest === undefined ? 0 : newest.offset - oldest.offset + 1 - events.length;
}

function rangeText(from: number, to: number): string {
  return from === to ? `event ${from} is` : `events ${from} to ${to} are`;
}

function judgeLags(report: TraceReport): Finding[] {
  const { log, reports } = report;
  const found: Finding[] = [];
  const appendedAt = (event: EventReport) => Date.parse(event.appendedAt) - functionSkew(report);
  const lags = log.events.map((event) => ({ event, ms: appendedAt(event) - Date.parse(event.publishedAt) }));
  const slow = lags.filter(({ ms }) => ms > SLOW_MS);
  const [worst] = slow.toSorted((one, other) => other.ms - one.ms);
  if (worst !== undefined)
    found.push(
      note(
        'lag',
        `${plural(slow.length, 'event')} came late to the log; event ${worst.event.offset} ${span(worst.ms)} after its publication`,
        'look at the logs of the functions: cold starts, or "event not taken" while Redis was away',
      ),
    );
  const handedOut = reports.flatMap(({ delivered }) => delivered).filter(({ epoch }) => epoch === log.epoch);
  const late = handedOut.filter(({ offset, at }) => {
    const event = log.events.find((each) => each.offset === offset);
    return event !== undefined && at - appendedAt(event) > SLOW_MS;
  });
  if (late.length > 0)
    found.push(
      note(
        'lag',
        `${plural(late.length, 'event')} left a relay more than ${span(SLOW_MS)} after it was in the log`,
        'the relay lost its Redis pub/sub connection, or was busy: look at its log',
      ),
    );
  return found;
}
