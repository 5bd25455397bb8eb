/**
 * The place to go to from a place in a grid; undefined for a key that moves nothing. Left and right go on in the next
 * row; up and down stay in the column.
 */
export function stepFor(key: string, index: number, count: number, columns: number): number | undefined {
  const last = count - 1;
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, index - 1);
    case 'ArrowRight':
      return Math.min(last, index + 1);
    case 'ArrowUp':
      return index >= columns ? index - columns : index;
    case 'ArrowDown':
      return index + columns <= last ? index + columns : lastBelow(index, last, columns);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
}

/** Where a last row that is not full has nothing below, its last call is the next one. */
function lastBelow(index: number, last: number, columns: number): number {
  return Math.floor(index / columns) < Math.floor(last / columns) ? last : index;
}
