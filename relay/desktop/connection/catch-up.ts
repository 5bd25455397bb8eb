/** What a page has missed is over when nothing has come for this time, in milliseconds. */
export const SETTLE_MS = 400;

/** What came before the page was up to date; times in milliseconds since 1970. */
export interface CaughtUp {
  isFirstJoin: boolean;
  count: number;
  from: number;
  to: number;
}

/**
 * Tells events that happened before a join from those that happen now. The relay sends what was missed first, and does
 * not say where it ends: it ends with an event that is newer than the join, or when nothing comes for a moment.
 */
export interface CatchUp extends CaughtUp {
  joinedAt: number;
  isOver: boolean;
}

/** @param joinedAt by the clock of Pub/Sub, as far as the page knows it. */
export function startCatchUp(joinedAt: number, isFirstJoin: boolean): CatchUp {
  return { joinedAt, isFirstJoin, count: 0, from: 0, to: 0, isOver: false };
}

/** The state after an event. {@link CatchUp.isOver} says whether the event happened now. */
export function catchUpWith(catchUp: CatchUp, publishedAt: number): CatchUp {
  if (catchUp.isOver || publishedAt > catchUp.joinedAt) return { ...catchUp, isOver: true };
  const { count, from, to } = catchUp;
  return {
    ...catchUp,
    count: count + 1,
    from: count === 0 ? publishedAt : Math.min(from, publishedAt),
    to: Math.max(to, publishedAt),
  };
}
