/** Shortest pause before another attempt, in milliseconds. */
export const MIN_PAUSE_MS = 500;
/** Longest pause, in milliseconds: about what a person waits before reloading the page. */
export const MAX_PAUSE_MS = 20_000;

/**
 * The pause after so many failures in a row, in milliseconds: anywhere (full jitter) up to a bound that doubles, so
 * that the desktops of a relay that went away do not come back in step.
 */
export function backoff(failures: number, random: () => number): number {
  const bound = Math.min(MAX_PAUSE_MS, MIN_PAUSE_MS * 2 ** failures);
  return Math.min(MAX_PAUSE_MS, MIN_PAUSE_MS + random() * bound);
}
