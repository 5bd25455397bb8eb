/** The header `Date` has whole seconds: its time is this much too early on average, in milliseconds. */
const ROUNDING_MS = 500;
/** A smaller difference says nothing, because of the rounding and of the time that an answer takes. */
const CERTAIN_MS = 2_000;

/**
 * How far this computer's clock is ahead of the relay's, in milliseconds, by the header `Date` of an answer; 0 where the
 * two are close. A latency that is measured with a wrong clock would be wrong by minutes.
 */
export function clockSkew(date: string | null, now: number): number {
  const served = Date.parse(date ?? '');
  if (Number.isNaN(served)) return 0;
  const skew = now - served - ROUNDING_MS;
  return Math.abs(skew) > CERTAIN_MS ? skew : 0;
}
