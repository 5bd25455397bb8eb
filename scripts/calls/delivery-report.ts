import { EVENT_KINDS, type EventKind, INTERIM_KIND } from '../../shared/event.ts';
import { alignColumns } from '../cli/table.ts';

/** One event at one place; all but the time belongs to its identity, because message ids are unique in a topic only. */
export interface Receipt {
  /** Short name. */
  conversation: string;
  kind: EventKind;
  messageId: string;
  /** `performance.now()` of this process. */
  at: number;
}

/** An event that was published, however often. */
export interface Publication extends Receipt {
  /** The ids that Pub/Sub gave it, one for each time it was published. */
  sentAs: readonly string[];
  /** Dialogflow's id of the message that an interim transcript belongs to, or that a message is. */
  utterance: string | undefined;
}

export interface DeliveryRow {
  name: string;
  published: number;
  /** Events that arrived, each counted once. */
  delivered: number;
  /** Events that did not arrive and should have. */
  lost: number;
  /** Further arrivals of events that had arrived. */
  repeated: number;
  /** Events that arrived later than they may. */
  late: number;
  /** Interim transcripts that did not arrive because a newer one of their utterance, or its end, came before them. */
  superseded: number;
  /** From publishing to arrival, in milliseconds; undefined when nothing arrived. */
  p50: number | undefined;
  p95: number | undefined;
}

export interface DeliveryReport {
  rows: DeliveryRow[];
  total: DeliveryRow;
  /** Arrivals that were never published, or not in that conversation. */
  unexpected: number;
  /** True only when every event arrived, and arrived once. */
  isComplete: boolean;
}

export interface ReportOptions {
  /** From publishing to arrival, in milliseconds; what takes longer is late. */
  lateMs: number;
  /** Whether an interim transcript that did not arrive was overtaken. */
  isSuperseded(event: Publication): boolean;
}

export const receiptKey = ({ conversation, kind, messageId }: Omit<Receipt, 'at'>): string =>
  `${conversation} ${kind} ${messageId}`;

export function reportDelivery(
  published: readonly Publication[],
  received: readonly Receipt[],
  options: ReportOptions,
): DeliveryReport {
  const known = new Set(published.map(receiptKey));
  const rows = EVENT_KINDS.map((kind) => {
    const ofKind = (receipt: Receipt) => receipt.kind === kind;
    return countRow(kind, published.filter(ofKind), received.filter(ofKind), options);
  });
  const total = countRow('total', published, received, options);
  const unexpected = received.filter((receipt) => !known.has(receiptKey(receipt))).length;
  return {
    rows,
    total,
    unexpected,
    isComplete: total.published > 0 && total.lost === 0 && total.repeated === 0 && unexpected === 0,
  };
}

function countRow(
  name: string,
  published: readonly Publication[],
  received: readonly Receipt[],
  { lateMs, isSuperseded }: ReportOptions,
): DeliveryRow {
  const arrivals = Map.groupBy(received, receiptKey);
  const latencies: number[] = [];
  let [delivered, lost, repeated, superseded] = [0, 0, 0, 0];
  for (const event of published) {
    const [first, ...further] = arrivals.get(receiptKey(event)) ?? [];
    if (first !== undefined) {
      delivered += 1;
      repeated += further.length;
      latencies.push(first.at - event.at);
    } else if (isSuperseded(event)) superseded += 1;
    else lost += 1;
  }
  latencies.sort((a, b) => a - b);
  return {
    name,
    published: published.length,
    delivered,
    lost,
    repeated,
    late: latencies.filter((latency) => latency > lateMs).length,
    superseded,
    p50: percentile(latencies, 0.5),
    p95: percentile(latencies, 0.95),
  };
}

/**
 * Finds what a newer event has overtaken, where the functions cannot be asked: an interim transcript need not arrive once
 * a newer one of its utterance has, or the message that it becomes.
 */
export function findOvertaken(
  published: readonly Publication[],
  received: readonly Receipt[],
): (event: Publication) => boolean {
  const arrived = new Set(received.map(receiptKey));
  const newest = new Map<string, number>();
  const nameOf = ({ conversation, utterance }: Publication) => `${conversation} ${utterance}`;
  for (const event of published) {
    if (event.utterance === undefined || !arrived.has(receiptKey(event))) continue;
    newest.set(nameOf(event), Math.max(event.at, newest.get(nameOf(event)) ?? 0));
  }
  return (event) =>
    event.kind === INTERIM_KIND &&
    event.utterance !== undefined &&
    (newest.get(nameOf(event)) ?? 0) > event.at;
}

/** The smallest value that at least that share of the sorted values does not exceed. */
export function percentile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

const COLUMNS: [title: string, value: (row: DeliveryRow) => string][] = [
  ['events', (row) => row.name],
  ['published', (row) => String(row.published)],
  ['delivered', (row) => String(row.delivered)],
  ['lost', (row) => String(row.lost)],
  ['repeated', (row) => String(row.repeated)],
  ['late', (row) => String(row.late)],
  ['superseded', (row) => String(row.superseded)],
  ['p50 ms', (row) => row.p50?.toFixed(1) ?? '-'],
  ['p95 ms', (row) => row.p95?.toFixed(1) ?? '-'],
];

/** All columns but the first. */
const FIGURES = [...COLUMNS.keys()].slice(1);

export function renderTable({ rows, total }: DeliveryReport): string {
  const lines = [...rows, total].map((row) => COLUMNS.map(([, value]) => value(row)));
  return alignColumns([COLUMNS.map(([title]) => title), ...lines], FIGURES);
}

/**
 * The outcome in one sentence.
 *
 * @param isInterrupted whether the run was stopped: then events may still be on their way.
 */
export function verdict({ isComplete, unexpected, total }: DeliveryReport, isInterrupted = false): string {
  if (isInterrupted)
    return `Interrupted: ${total.lost} events had not arrived, ${total.repeated} were repeated, ${unexpected} were unexpected.`;
  if (!isComplete) return `FAILED: ${total.lost} lost, ${total.repeated} repeated, ${unexpected} unexpected.`;
  return total.superseded === 0
    ? 'Every event arrived exactly once.'
    : `Every event arrived exactly once, but for ${total.superseded} interim transcripts that newer ones overtook.`;
}
