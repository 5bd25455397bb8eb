import type { ShortName } from '../../../shared/conversation-name.ts';
import { fromCursor, type Position, START } from '../../../shared/stream/position.ts';
import type { DeliveredEvent } from '../../../shared/wire.ts';

/** What one page was given of one conversation. */
export class Ledger {
  readonly conversation: ShortName;
  /** Message ids in the order of their delivery. */
  readonly ids: string[] = [];
  /** Where in the log each delivered event stands, in the order in which the page first saw them. */
  readonly places = new Map<string, Position>();
  /** How often the page was told that its history broke: `recovered: false` or a reset. */
  told = 0;
  /** Whether the page is gone: what comes later is not due. */
  isOver = false;

  constructor(conversation: ShortName) {
    this.conversation = conversation;
  }

  add({ message_id, cursor }: Pick<DeliveredEvent, 'message_id' | 'cursor'>): void {
    this.ids.push(message_id);
    if (!this.places.has(message_id)) this.places.set(message_id, fromCursor(cursor) ?? START);
  }
}

/** A row of the table: what a fault did to the desktops of one kind. */
export interface FaultRow {
  fault: string;
  desktops: string;
  /** Deliveries that were due: events times the pages that watched their conversation. */
  published: number;
  /** Deliveries of an event that had not come before. */
  delivered: number;
  lost: number;
  /** Events that a page first saw behind a later event of the log. */
  skipped: number;
  repeated: number;
  /** Pages that were told, of all. */
  told: string;
}

/**
 * Holds what desktops were given against what was published. `published` has the ids of each conversation that a
 * Redis still holds or held when it was delivered; a ledger that was told is expected to have had everything once,
 * before or after. A page that is over should have had the log up to the last event that it saw.
 */
export function makeRow(
  fault: string,
  desktops: string,
  published: ReadonlyMap<ShortName, readonly string[]>,
  ledgers: readonly Ledger[],
): FaultRow {
  const offsets = new Map(
    ledgers.flatMap(({ places }) => [...places].map(([id, { offset }]) => [id, offset] as const)),
  );
  let due = 0;
  let delivered = 0;
  let skipped = 0;
  let repeated = 0;
  for (const { conversation, ids, places, isOver } of ledgers) {
    const last = isOver
      ? [...places.values()].reduce((most, { offset }) => Math.max(most, offset), 0)
      : Infinity;
    const expected = (published.get(conversation) ?? []).filter((id) => (offsets.get(id) ?? 0) <= last);
    due += expected.length;
    delivered += expected.filter((id) => places.has(id)).length;
    skipped += countSkipped(places, new Set(expected));
    repeated += ids.length - places.size;
  }
  const told = ledgers.filter((ledger) => ledger.told > 0).length;
  return {
    fault,
    desktops,
    published: due,
    delivered,
    lost: due - delivered,
    skipped,
    repeated,
    told: `${told}/${ledgers.length}`,
  };
}

/** How many of the expected events were first seen behind a later event of the same log. */
function countSkipped(places: ReadonlyMap<string, Position>, expected: ReadonlySet<string>): number {
  const furthest = new Map<string, number>();
  let skipped = 0;
  for (const [id, { epoch, offset }] of places) {
    if (!expected.has(id)) continue;
    if (offset < (furthest.get(epoch) ?? 0)) skipped++;
    else furthest.set(epoch, offset);
  }
  return skipped;
}

/** The rows as a table; each line is one that the test runner shows. */
export function formatTable(rows: readonly FaultRow[]): string {
  const columns = [
    'fault',
    'desktops',
    'published',
    'delivered',
    'lost',
    'skipped',
    'repeated',
    'told',
  ] as const;
  const cells = [columns.map(String), ...rows.map((row) => columns.map((column) => String(row[column])))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  const lines = cells.map((line) => line.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  '));
  return lines.map((line) => `# ${line.trimEnd()}`).join('\n');
}
