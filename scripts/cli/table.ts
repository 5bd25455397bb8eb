type Rows = readonly (readonly string[])[];

/**
 * Rows as lines of columns, each as wide as its widest cell.
 *
 * @param toTheRight Columns whose cells end in line, such as figures; they count from 0.
 */
export function alignColumns(rows: Rows, toTheRight: readonly number[] = []): string {
  const widthOf = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const widths = (rows[0] ?? []).map((_, column) => widthOf(column));
  const pad = (cell: string, column: number) => {
    const width = widths[column] ?? 0;
    return toTheRight.includes(column) ? cell.padStart(width) : cell.padEnd(width);
  };
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}

export function markdownTable(heads: readonly string[], rows: Rows): string {
  return [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
