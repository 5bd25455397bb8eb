/** What may be wrong with a call, the gravest first. The relay finds all but `LOW_SENTIMENT`, which the page does. */
export const FLAGS = [
  'UNRECOVERABLE_ERROR',
  'HUMAN_INTERVENTION_NEEDED',
  'FALLING_SENTIMENT',
  'LOW_SENTIMENT',
  'SILENCE',
  'LONG_CALL',
] as const;

export type Flag = (typeof FLAGS)[number];

/** How much a call needs somebody. */
export type Level = 'critical' | 'warning' | 'calm';

/** Flags for which somebody must act at once. */
const CRITICAL: readonly Flag[] = ['UNRECOVERABLE_ERROR', 'HUMAN_INTERVENTION_NEEDED'];

export function isCritical(flag: Flag): boolean {
  return CRITICAL.includes(flag);
}

export function levelOf(flags: readonly Flag[]): Level {
  if (flags.length === 0) return 'calm';
  return flags.some(isCritical) ? 'critical' : 'warning';
}

/** A number that is the greater the graver the flags are: a graver flag outweighs all lesser ones together. */
export function weightOf(flags: readonly Flag[]): number {
  return flags.reduce((sum, flag) => sum + 2 ** (FLAGS.length - FLAGS.indexOf(flag)), 0);
}
