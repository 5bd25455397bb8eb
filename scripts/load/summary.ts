// The end of a load run in words. Pure.
import { EVENT_KINDS } from '../../shared/event.ts';
import { alignColumns } from '../cli/table.ts';
import { countText, msText } from './figures.ts';
import type { LatencySummary } from './latency-histogram.ts';
import type { LoadReport, Reason } from './report.ts';

/** From this share of a core on, a process that works on one core has no time left. */
const BUSY = 0.8;

type Row = LoadReport['events'][string];

/** The columns of the events' table, here and in the HTML report. */
export const EVENT_COLUMNS: readonly (readonly [title: string, text: (row: Row) => string])[] = [
  ['published', ({ published }) => countText(published)],
  ['delivered', ({ delivered }) => countText(delivered)],
  ['lost', ({ lost }) => countText(lost)],
  ['repeated', ({ repeated }) => countText(repeated)],
  ['out of order', ({ outOfOrder }) => countText(outOfOrder)],
  ['superseded', ({ superseded }) => countText(superseded)],
  ['p50 ms', ({ latency }) => msText(latency.p50)],
  ['p95 ms', ({ latency }) => msText(latency.p95)],
  ['p99 ms', ({ latency }) => msText(latency.p99)],
  ['max ms', ({ latency }) => msText(latency.max)],
];

export const TIME_COLUMNS = ['number', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms'];

/** The times that are not those of live events, with what each is. */
export function timesOf(report: LoadReport): (readonly [title: string, times: LatencySummary])[] {
  return [
    ['to connect', report.connects],
    ['to join', report.joins],
    ['to be back after a loss', report.reconnects],
    ['events after a break', report.delayed],
  ];
}

export function timeCells({ count, p50, p95, p99, max }: LatencySummary): string[] {
  return [countText(count), ...[p50, p95, p99, max].map(msText)];
}

export function eventRows(report: LoadReport): string[][] {
  return [...EVENT_KINDS, 'total'].map((kind) => {
    const row = report.events[kind];
    return [kind, ...EVENT_COLUMNS.map(([, text]) => (row === undefined ? '' : text(row)))];
  });
}

export function summaryText(report: LoadReport): string {
  const { agents, options, losses, refusals, errors, faults } = report;
  const events = [['events', ...EVENT_COLUMNS.map(([title]) => title)], ...eventRows(report)];
  const times = [
    ['time', ...TIME_COLUMNS],
    ...timesOf(report).map(([title, summary]) => [title, ...timeCells(summary)]),
  ];
  return [
    ...[alignColumns(events, columnsOf(events)), '', alignColumns(times, columnsOf(times)), ''],
    `At most ${agents.mostJoined} of ${options.agents} agents were in a call at the same time.`,
    ...faults.map((each) => faultLine(each)),
    ...reasonLines('connections lost', losses),
    ...reasonLines('refused', refusals),
    ...reasonLines('errors', errors),
    ...generatorLines(report),
    verdict(report),
  ].join('\n');
}

/** The outcome in one sentence. */
export function verdict({ events, refusals, isGood, isInterrupted }: LoadReport): string {
  const { total } = events;
  if (total === undefined || total.published === 0) return 'FAILED: no event was published.';
  const refused = refusals.reduce((sum, { count }) => sum + count, 0);
  const counts = [
    `${total.lost} lost`,
    `${total.repeated} repeated`,
    `${total.outOfOrder} out of order`,
    `${total.unexpected} unexpected`,
    `${refused} refused`,
  ].join(', ');
  if (isInterrupted) return `Interrupted: ${total.unsettled} events had not arrived yet, ${counts}.`;
  if (!isGood) return `FAILED: ${counts}.`;
  return 'Every event arrived exactly once and in order.';
}

/** Whether the figures can be relied on, in sentences. */
export function generatorLines({ generator }: LoadReport): string[] {
  const { p99Ms, lateSeconds, seconds, lateMs, isReliable, cpu } = generator;
  const used = `${Math.round(cpu * 100)} % of a core`;
  if (isReliable) return [`This process used ${used}, and was late by ${msText(p99Ms)} ms (p99) itself.`];
  const cause =
    cpu > BUSY
      ? 'It is the bottleneck: use fewer agents or a lower --speed.'
      : 'The machine was busy with something else: use one with free cores.';
  return [
    `NOT RELIABLE: this process was late itself, by more than ${lateMs} ms in ${lateSeconds} of ${seconds} seconds, and used ${used}.`,
    `The latencies include its delay. ${cause}`,
  ];
}

function faultLine({ fault, fromMs, desktops }: LoadReport['faults'][number]): string {
  const hit = desktops === undefined ? '' : `, ${desktops} desktops`;
  return `fault ${fault} after ${Math.round(fromMs / 1_000)} s${hit}`;
}

function reasonLines(what: string, reasons: readonly Reason[]): string[] {
  return reasons.map(({ reason, count }) => `${what}: ${countText(count)} × ${reason}`);
}

function columnsOf(rows: readonly (readonly string[])[]): number[] {
  return [...(rows[0] ?? []).keys()].slice(1);
}
