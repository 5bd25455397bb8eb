// What the scripts of places.ts do, without a Redis. place-scripts.property.test.ts holds the two together.

export type Hash = Map<string, string>;

const ANY = '!';
const PLACES_MAX = 64;

/** Like PUT, whose arguments these are; the time to live is not simulated. */
export function put(hash: Hash, [connection = '', value = '', , ifThere]: string[]): void {
  const isThere = hash.has(connection);
  if (ifThere === '1' && !isThere) return;
  if (!isThere && hash.size >= PLACES_MAX) {
    hash.clear();
    hash.set(ANY, '');
  }
  if (!hash.has(ANY)) hash.set(connection, value);
}

/**
 * Like TAKE, whose arguments these are.
 *
 * @param tagAt the tag of the log's event with this offset.
 */
export function take(
  hash: Hash,
  tagAt: (offset: number) => string | undefined,
  [connection = '', firstId, nextId]: string[],
): string {
  const places: { field: string; next: number; offset: number; cursor: string }[] = [];
  for (const [field, value] of hash) {
    const [, next, cursor = ''] = /^(\d+) (\S+)$/.exec(value) ?? [];
    if (next === undefined || Number(next) > Number(firstId)) continue;
    const [, offset, tag] = /\.(\d+)\.(\S+)$/.exec(cursor) ?? [];
    const isInLog = offset !== undefined && tagAt(Number(offset)) === tag;
    places.push({
      field,
      next: Number(next),
      offset: isInLog ? Number(offset) : 0,
      cursor: isInLog ? cursor : '0',
    });
  }
  if (hash.has(ANY)) return '0';
  const [first] = places;
  if (first === undefined) {
    hash.set(connection, `${nextId} 0`);
    return '0';
  }
  let least = first;
  let greatest = first;
  for (const place of places) {
    if (place.offset < least.offset) least = place;
    if (place.offset >= greatest.offset) greatest = place;
  }
  hash.delete(greatest.field);
  if (least !== greatest) {
    hash.set(least.field, `${Math.min(least.next, greatest.next)} ${least.cursor}`);
  }
  hash.set(connection, `${nextId} ${least.cursor}`);
  return least.cursor;
}
