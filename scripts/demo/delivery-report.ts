import { EVENT_KINDS, type EventKind } from '../../shared/event.ts';
import { alignColumns } from '../cli/table.ts';

/** One event at one place; the kind belongs to its identity, because message ids are unique in a topic only. */
export interface Receipt {
  kind: EventKind;
  messageId: string;
  /** `performance.now()` of this process. */
  at: number;
}

export interface DeliveryRow {
  name: string;
  published: number;
  /** Events that arrived, each counted once. */
  delivered: number;
  /** Events that did not arrive and should have. */
  missing: number;
  /** Further arrivals of events that had arrived. */
  repeated: number;
  /** Interim transcripts that did not arrive because a newer one of their utterance, or its end, came before them. */
  superseded: number;
  /** From publishing to arrival, in milliseconds; undefined when nothing arrived. */
  p50: number | undefined;
  p95: number | undefined;
}

export interface DeliveryReport {
  rows: DeliveryRow[];
  total: DeliveryRow;
  /** Arrivals that were never published. */
  unexpected: number;
  /** True only when every event arrived, and arrived once. */
  isComplete: boolean;
}

export const receiptKey = ({ kind, messageId }: Pick<Receipt, 'kind' | 'messageId'>): string =>
  `${kind} ${messageId}`;

/** @param superseded keys of the events that the functions dropped as overtaken, see {@link receiptKey} */
export function reportDelivery(
  published: readonly Receipt[],
  received: readonly Receipt[],
  superseded: ReadonlySet<string> = new Set(),
): DeliveryReport {
  const known = new Set(published.map(receiptKey));
  const rows = EVENT_KINDS.map((kind) => {
    const ofKind = (receipt: Receipt) => receipt.kind === kind;
    return countRow(kind, published.filter(ofKind), received.filter(ofKind), superseded);
  });
  const total = countRow('total', published, received, superseded);
  const unexpected = received.filter((receipt) => !known.has(receiptKey(receipt))).length;
  return {
    rows,
    total,
    unexpected,
    isComplete: total.published > 0 && total.missing === 0 && total.repeated === 0 && unexpected === 0,
  };
}

function countRow(
  name: string,
  published: readonly Receipt[],
  received: readonly Receipt[],
  supersededKeys: ReadonlySet<string>,
): DeliveryRow {
  const arrivals = Map.groupBy(received, receiptKey);
  const latencies: number[] = [];
  let [delivered, missing, repeated, superseded] = [0, 0, 0, 0];
  for (const event of published) {
    const key = receiptKey(event);
    const [first, ...further] = arrivals.get(key) ?? [];
    if (first !== undefined) {
      delivered += 1;
      repeated += further.length;
      latencies.push(first.at - event.at);
    } else if (supersededKeys.has(key)) superseded += 1;
    else missing += 1;
  }
  latencies.sort((a, b) => a - b);
  return {
    name,
    published: published.length,
    delivered,
    missing,
    repeated,
    superseded,
    p50: percentile(latencies, 0.5),
    p95: percentile(latencies, 0.95),
  };
}

/** The smallest value that at least that share of the sorted values does not exceed. */
export function percentile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

const COLUMNS: [title: string, value: (row: DeliveryRow) => string][] = [
  ['events', (row) => row.name],
  ['published', (row) => String(row.published)],
  ['delivered', (row) => String(row.delivered)],
  ['missing', (row) => String(row.missing)],
  ['repeated', (row) => String(row.repeated)],
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
