import type { TraceReport } from '../../../relay/trace/create-trace.ts';
import type { EventReport } from '../../../relay/trace/log-report.ts';
import { alignColumns } from '../../cli/table.ts';
import { clock, printable, span } from './words.ts';

const EVENT_HEADINGS = ['EVENT', 'KIND', 'PUBLISHED', 'APPENDED', 'LAG', 'DELIVERED', 'LAG', 'MESSAGE ID'];
const DESKTOP_HEADINGS = [
  'AGENT',
  'PROTOCOL',
  'RELAY',
  'STATE',
  'SINCE',
  'SENT',
  'RECEIVED',
  'BEHIND',
  'TOKEN',
];

/** Events with their times, under a line of headings; '' where there are none. */
export function eventTable(report: TraceReport): string {
  return report.log.events.length === 0 ? '' : eventLines(report).join('\n');
}

/** The lines of events with a greater offset, in the columns of the whole table. */
export function newEventLines(report: TraceReport, after: number): string[] {
  const [, ...lines] = eventLines(report);
  return lines.filter((_, index) => (report.log.events[index]?.offset ?? 0) > after);
}

function eventLines({ log, reports }: TraceReport): string[] {
  const delivered = new Map<number, number>();
  for (const { epoch, offset, at } of reports.flatMap((report) => report.delivered))
    if (epoch === log.epoch) delivered.set(offset, Math.min(at, delivered.get(offset) ?? at));
  const rows = log.events.map((event) => {
    const deliveredAt = delivered.get(event.offset);
    const measured = event.offset === log.top ? log.lastAppendedAt : null;
    // A busy relay measures late. No event is delivered before it is appended.
    return eventCells(event, deliveredAt, measured && Math.min(measured, deliveredAt ?? measured));
  });
  return alignColumns([EVENT_HEADINGS, ...rows], [0, 4, 6]).split('\n');
}

/** @param measured When Redis appended it by the relay's clock, where that is known: more precise than the function's time. */
function eventCells(event: EventReport, deliveredAt: number | undefined, measured: number | null): string[] {
  const published = Date.parse(event.publishedAt);
  const appended = measured ?? Date.parse(event.appendedAt);
  return [
    `${event.followsPrevious ? '' : '! '}${event.offset}`,
    event.kind,
    clock(event.publishedAt),
    measured === null ? clock(event.appendedAt).replace('.000Z', 'Z') : clock(measured),
    lag(appended - published, measured === null ? 1_000 : 1),
    clock(deliveredAt ?? null),
    lag((deliveredAt ?? Number.NaN) - published, 1),
    printable(event.messageId).slice(0, 40),
  ];
}

/** @param precision of the times, in milliseconds. */
function lag(ms: number, precision: number): string {
  if (Number.isNaN(ms)) return '-';
  if (Math.abs(ms) < precision) return `< ${precision === 1 ? '1 ms' : '1 s'}`;
  return Math.abs(ms) < 10_000 && precision === 1 ? `${ms} ms` : `${Math.round(ms / 1_000)} s`;
}

/** Desktops, a line each, over all relays. */
export function desktopTable({ log, reports }: TraceReport): string {
  const rows = reports.flatMap(({ relay, at, desktops }) =>
    desktops.map(({ sub, jti, protocol, state, since, epoch, offset, received }) => [
      printable(sub),
      protocol,
      relay.slice(0, 8),
      state,
      since === null ? '-' : `${clock(since)} (${span(at - since)})`,
      String(offset),
      received === null ? '-' : String(received),
      epoch === log.epoch || offset === 0 ? String(Math.max(0, log.top - offset)) : '?',
      printable(jti),
    ]),
  );
  return rows.length === 0 ? '' : alignColumns([DESKTOP_HEADINGS, ...rows], [5, 6, 7]);
}
