/** What became of the events of one conversation on one page. */
export interface Sightings {
  /** Events that never came. */
  lost: number;
  /** Events that came for the first time only after a later one. */
  skipped: number;
  repeated: number;
}

/**
 * @param ids what the page got, in order.
 * @param published what it should have got, in the order of the log.
 */
export function countSightings(ids: readonly string[], published: readonly string[]): Sightings {
  const seen = new Set(ids);
  const positions = [...seen].map((id) => published.indexOf(id));
  let furthest = -1;
  let skipped = 0;
  for (const position of positions) {
    if (position < furthest) skipped++;
    furthest = Math.max(furthest, position);
  }
  return {
    lost: published.filter((id) => !seen.has(id)).length,
    skipped,
    repeated: ids.length - seen.size,
  };
}
