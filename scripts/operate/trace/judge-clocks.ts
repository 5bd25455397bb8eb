import type { TraceReport } from '../../../relay/trace/create-trace.ts';
import { type Finding, fault, note } from '../doctor/finding.ts';
import { span } from './words.ts';

/** Times in events are whole seconds, rounded down, and clocks are never quite the same. In milliseconds. */
const SKEW_MS = 3_000;
/** A function notes the time before it appends, and tries to append for 3 s, each try for a second. In milliseconds. */
const APPEND_MS = 6_000;
/** Relays note the time when the question reaches them, and have 2 s to answer. In milliseconds. */
const ANSWER_MS = 2_000;

const FUNCTION_CLOCK =
  'set the clocks (NTP) of the machines that run functions and relays; lags of the log are wrong by that much, and delivery is not';
const PUBLISHER_CLOCK =
  'look at the clock of what publishes; lags here and at desktops are wrong by that much';
const RELAY_CLOCK =
  'set the clock (NTP) of the machine, or start the relay elsewhere; its tokens expire early or late by that much';

/** Clocks that differ, of what publishes, of the functions and of the relays. */
export function judgeClocks(report: TraceReport): Finding[] {
  return [...judgeRelayClocks(report), ...judgeFunctionClock(report), ...judgePublisherClock(report)];
}

function judgeRelayClocks({ reports }: TraceReport): Finding[] {
  const [asked, ...others] = reports;
  if (asked === undefined) return [];
  return others.flatMap(({ relay, at }) => {
    const ms = at - asked.at;
    return Math.abs(ms) <= SKEW_MS + ANSWER_MS
      ? []
      : [
          fault(
            'clocks',
            `the clock of relay ${relay.slice(0, 8)} is ${span(Math.abs(ms))} ${aheadOrBehind(ms)} that of relay ${asked.relay.slice(0, 8)}`,
            RELAY_CLOCK,
          ),
        ];
  });
}

/**
 * How far the clock of the functions is ahead of the relay's, in milliseconds; 0 where both agree or nothing is known. The
 * relay measures in Redis how long ago the last event was appended, in which no clock of a function takes part. It also
 * knows when it handed events out, which comes after a function took them.
 */
export function functionSkew({ log, reports }: Pick<TraceReport, 'log' | 'reports'>): number {
  const { events, lastAppendedAt, top, epoch } = log;
  const takenAt = new Map(events.map(({ offset, appendedAt }) => [offset, Date.parse(appendedAt)]));
  if (lastAppendedAt !== null) {
    const ms = (takenAt.get(top) ?? Number.NaN) - lastAppendedAt;
    return ms > SKEW_MS || ms < -APPEND_MS ? ms : 0;
  }
  const leads = reports
    .flatMap(({ delivered }) => delivered)
    .filter((each) => each.epoch === epoch)
    .map(({ offset, at }) => (takenAt.get(offset) ?? Number.NaN) - at);
  return Math.max(0, ...leads.filter((ms) => ms > SKEW_MS));
}

function judgeFunctionClock(report: TraceReport): Finding[] {
  const ms = functionSkew(report);
  if (ms === 0) return [];
  return [
    fault(
      'clocks',
      `the clock of the functions is ${span(Math.abs(ms))} ${aheadOrBehind(ms)} that of the relay`,
      FUNCTION_CLOCK,
    ),
  ];
}

function judgePublisherClock(report: TraceReport): Finding[] {
  const skew = functionSkew(report);
  const early = report.log.events
    .map((event) => ({ event, ms: Date.parse(event.appendedAt) - skew - Date.parse(event.publishedAt) }))
    .find(({ ms }) => ms < -SKEW_MS);
  if (early === undefined) return [];
  return [
    note(
      'clocks',
      `event ${early.event.offset} was taken ${span(-early.ms)} before its publication: two clocks differ`,
      PUBLISHER_CLOCK,
    ),
  ];
}

const aheadOrBehind = (ms: number) => (ms > 0 ? 'ahead of' : 'behind');
