import type { EventKind } from '../../../shared/event.ts';
import type { DeadLetter } from './dead-letter.ts';

/** All that is given has to hold. */
export interface Filter {
  ids?: readonly string[];
  kinds?: readonly EventKind[];
  /** Short name, or the id alone. */
  conversation?: string;
  /** Ages in milliseconds. */
  olderThanMs?: number;
  youngerThanMs?: number;
}

export function matches(letter: DeadLetter, filter: Filter, now: number): boolean {
  const { ids, kinds, conversation, olderThanMs, youngerThanMs } = filter;
  // Below zero where the clock of this machine is behind.
  const age = now - letter.publishedAt;
  return (
    (ids === undefined || ids.includes(letter.id)) &&
    (kinds === undefined || (letter.kind !== undefined && kinds.includes(letter.kind))) &&
    (conversation === undefined ||
      letter.conversation === conversation ||
      letter.conversation?.endsWith(`/conversations/${conversation}`) === true) &&
    (olderThanMs === undefined || age >= olderThanMs) &&
    (youngerThanMs === undefined || age < youngerThanMs)
  );
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `10m`, `2h`, `1d` in milliseconds. @throws {Error} naming the option when it is something else. */
export function duration(option: string, text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const factor = UNITS[unit];
  if (count === undefined || factor === undefined)
    throw new Error(`${option} takes a time such as 90s, 10m, 2h or 1d`);
  return Number(count) * factor;
}

/** An age to read: the largest unit that fits, rounded down. */
export function ageText(ms: number): string {
  const [unit, factor] = Object.entries(UNITS).findLast(([, each]) => ms >= each) ?? ['s', 1_000];
  return Number.isNaN(ms) ? '?' : `${Math.max(0, Math.floor(ms / factor))}${unit}`;
}
