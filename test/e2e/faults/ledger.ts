import type { ShortName } from '../../../shared/conversation-name.ts';

/** What one desktop was given of one conversation. */
export class Ledger {
  readonly conversation: ShortName;
  /** Message ids in the order of their delivery. */
  readonly ids: string[] = [];
  /** How often the desktop was told that its history broke: `recovered: false` or a reset. */
  told = 0;

  constructor(conversation: ShortName) {
    this.conversation = conversation;
  }
}

/** A row of the table: what a fault did to the desktops of one kind. */
export interface FaultRow {
  fault: string;
  desktops: string;
  /** Deliveries that were due: events times the desktops that watched their conversation. */
  published: number;
  /** Deliveries of an event that had not come before. */
  delivered: number;
  lost: number;
  repeated: number;
  /** Desktops that were told, of all. */
  told: string;
}

/**
 * Holds what desktops were given against what was published. `published` has the ids of each conversation that a
 * Redis still holds or held when it was delivered; a ledger that was told is expected to have had everything once,
 * before or after.
 */
export function makeRow(
  fault: string,
  desktops: string,
  published: ReadonlyMap<ShortName, readonly string[]>,
  ledgers: readonly Ledger[],
): FaultRow {
  let due = 0;
  let delivered = 0;
  let repeated = 0;
  for (const { conversation, ids } of ledgers) {
    const seen = new Set(ids);
    const expected = published.get(conversation) ?? [];
    due += expected.length;
    delivered += expected.filter((id) => seen.has(id)).length;
    repeated += ids.length - seen.size;
  }
  const told = ledgers.filter((ledger) => ledger.told > 0).length;
  return {
    fault,
    desktops,
    published: due,
    delivered,
    lost: due - delivered,
    repeated,
    told: `${told}/${ledgers.length}`,
  };
}

/** The rows as a table; each line is one that the test runner shows. */
export function formatTable(rows: readonly FaultRow[]): string {
  const columns = ['fault', 'desktops', 'published', 'delivered', 'lost', 'repeated', 'told'] as const;
  const cells = [columns.map(String), ...rows.map((row) => columns.map((column) => String(row[column])))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  const lines = cells.map((line) => line.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  '));
  return lines.map((line) => `# ${line.trimEnd()}`).join('\n');
}
