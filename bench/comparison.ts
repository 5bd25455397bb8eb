// What rounds of measurements say about the product. Pure.
import { type Summary, summarize } from './statistics.ts';

/** What is measured in a round: the product, the floor, and as a control the floor once more, in the same way. */
export type Role = 'product' | 'floor' | 'control';

export type Round = Readonly<Record<Role, number>>;

/** What the product's figure divided by the floor's has to be. */
export type Target = { atLeast: number } | { atMost: number };

export interface Comparison extends Record<Role, Summary> {
  /** The product's figure divided by the floor's of the same round. */
  ratio: Summary;
  /** The control's divided by the floor's: how far two measurements of the same thing differ. */
  controlRatio: Summary;
  /** Whether the ratio's median meets the target. */
  isMet: boolean;
}

/**
 * The order of a round. The floor is always in the middle, next to both that it is compared with, and these two change
 * places from round to round: what slowly changes on the machine meets both alike.
 */
export function orderOf(round: number): readonly Role[] {
  return round % 2 === 0 ? ['product', 'floor', 'control'] : ['control', 'floor', 'product'];
}

/** Ratios are taken within each round, whose measurements lie close together in time, and summarized then. */
export function compare(rounds: readonly Round[], target: Target): Comparison {
  const summaryOf = (role: Role) => summarize(rounds.map((round) => round[role]));
  const ratio = summarize(rounds.map(({ product, floor }) => product / floor));
  return {
    product: summaryOf('product'),
    floor: summaryOf('floor'),
    control: summaryOf('control'),
    ratio,
    controlRatio: summarize(rounds.map(({ control, floor }) => control / floor)),
    isMet: 'atLeast' in target ? ratio.median >= target.atLeast : ratio.median <= target.atMost,
  };
}
