/** How often Pub/Sub does what it may do, each from 0 to 1. */
export interface FaultShares {
  /** Delivers an event again. */
  duplicates: number;
  /** Delivers an event after others that were published later. */
  reorder: number;
}

/** What happens to one event on its way; in milliseconds at the pace of speech. */
export interface Fate {
  /** How long it is held back. */
  holdMs: number;
  /** From its first delivery to a second one, where there is one. */
  repeatAfterMs: number | undefined;
}

/** Two interim transcripts are about 300 ms apart, two messages a few seconds. */
const HOLD_MS = { least: 400, most: 4_000 };
const REPEAT_MS = { least: 50, most: 5_000 };

/**
 * @param shares Read for each event, so they may change.
 * @param random Gives numbers from 0 to 1, 1 excluded.
 */
export function drawFates(shares: Readonly<FaultShares>, random: () => number): () => Fate {
  const between = ({ least, most }: { least: number; most: number }) => least + random() * (most - least);
  return () => ({
    holdMs: random() < shares.reorder ? between(HOLD_MS) : 0,
    repeatAfterMs: random() < shares.duplicates ? between(REPEAT_MS) : undefined,
  });
}

/** Random numbers that are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
