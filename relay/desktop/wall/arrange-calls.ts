import { FLAGS, type Flag, weightOf } from './flags.ts';
import { idOf, type ListedCall } from './listed-call.ts';
import type { Thresholds } from './thresholds.ts';

/** The flags of a call with the page's own, the gravest first. An ended call needs nobody. */
export function flagsOf(
  call: ListedCall,
  { lowSentiment }: Pick<Thresholds, 'lowSentiment'>,
): readonly Flag[] {
  if (call.stage === 'ENDED') return call.flags.filter((flag) => flag === 'UNRECOVERABLE_ERROR');
  const isLow = call.score !== undefined && call.score <= lowSentiment;
  return isLow ? FLAGS.filter((flag) => flag === 'LOW_SENTIMENT' || call.flags.includes(flag)) : call.flags;
}

/** What the order of the calls goes by. */
export interface Ranked {
  call: ListedCall;
  flags: readonly Flag[];
}

/** The most urgent call first: by its flags, then its sentiment, then its length. Ended calls are last. */
export function compareUrgency(one: Ranked, other: Ranked): number {
  return (
    Number(one.call.stage === 'ENDED') - Number(other.call.stage === 'ENDED') ||
    weightOf(other.flags) - weightOf(one.flags) ||
    tenths(one.call.score) - tenths(other.call.score) ||
    one.call.startTime - other.call.startTime ||
    (one.call.name < other.call.name ? -1 : 1)
  );
}

/** Rounded, so that calls do not change places for a difference that nobody sees. */
function tenths(score = 0): number {
  return Math.round(score * 10);
}

export interface Choice {
  /** Undefined for all calls. */
  flag: Flag | undefined;
  /** A part of a conversation's id, in any case. */
  query: string;
}

export function isChosen({ call, flags }: Ranked, { flag, query }: Choice): boolean {
  if (flag !== undefined && !flags.includes(flag)) return false;
  // Of a whole name, which people copy from elsewhere, the id is looked for.
  return idOf(call.name).toLowerCase().includes(idOf(query.trim().toLowerCase()));
}
