// What rounds of measurements say about the product. Pure.
import { type Summary, summarize } from './statistics.ts';

/** What is measured in a round: the product, the floor, and as a control the floor once more, in the same way. */
export type Role = 'product' | 'floor' | 'control';

export type Round = Readonly<Record<Role, number>>;

/**
 * What the product's figure divided by the floor's has to be; or with `figureAtMost` the figure itself, where people
 * notice a limit.
 */
export type Target = { atLeast: number } | { atMost: number } | { figureAtMost: number };

export interface Comparison extends Record<Role, Summary> {
  /** The product's figure divided by the floor's of the same round. */
  ratio: Summary;
  /** The control's divided by the floor's: how far two measurements of the same thing differ. */
  controlRatio: Summary;
  /** Whether the median of the ratio, or of the product's figure, meets the target; none without a target. */
  isMet: boolean | undefined;
}

/**
 * The order of a round. The floor is always in the middle, next to both that it is compared with, and these two change
 * places from round to round: what slowly changes on the machine meets both alike.
 */
export function orderOf(round: number): readonly Role[] {
  return round % 2 === 0 ? ['product', 'floor', 'control'] : ['control', 'floor', 'product'];
}

/** Ratios are taken within each round, whose measurements lie close together in time, and summarized then. */
export function compare(rounds: readonly Round[], target: Target | undefined): Comparison {
  const summaryOf = (role: Role) => summarize(rounds.map((round) => round[role]));
  const ratio = summarize(rounds.map(({ product, floor }) => product / floor));
  const product = summaryOf('product');
  return {
    product,
    floor: summaryOf('floor'),
    control: summaryOf('control'),
    ratio,
    controlRatio: summarize(rounds.map(({ control, floor }) => control / floor)),
    isMet: target && meets(target, ratio.median, product.median),
  };
}

function meets(target: Target, ratio: number, figure: number): boolean {
  if ('figureAtMost' in target) return figure <= target.figureAtMost;
  return 'atLeast' in target ? ratio >= target.atLeast : ratio <= target.atMost;
}
