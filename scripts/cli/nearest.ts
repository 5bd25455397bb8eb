// What somebody has meant who mistyped a name.

/** More edits than these make another word. */
const MAX_EDITS = 3;

/** The known name that needs the fewest edits to become this one; undefined where none is near. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  // A short name becomes any other with three edits.
  let most = Math.min(MAX_EDITS, Math.floor(name.length / 4));
  let found: string | undefined;
  for (const each of known) {
    const edits = editDistance(name, each);
    if (edits > most) continue;
    found = each;
    most = edits - 1;
  }
  return found;
}

/** Insertions, deletions, replacements, and exchanges of two neighbours that lead from one text to the other. */
export function editDistance(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      const isExchanged = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
        isExchanged ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[other.length] ?? 0;
}
