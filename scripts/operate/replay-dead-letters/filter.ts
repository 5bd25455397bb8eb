import type { EventKind } from '../../../shared/event.ts';
import { UNITS } from '../../cli/duration.ts';
import type { DeadLetter } from './dead-letter.ts';

/** All that is given has to hold. */
export interface Filter {
  id?: readonly string[];
  kind?: readonly EventKind[];
  /** Full or short name, or the id alone. */
  conversation?: string;
  /** Ages in milliseconds. */
  olderThan?: number;
  youngerThan?: number;
}

export function matches(letter: DeadLetter, filter: Filter, now: number): boolean {
  const { id: ids, kind: kinds, olderThan, youngerThan } = filter;
  // Dead letters have the short name.
  const conversation = filter.conversation?.replace(/\/locations\/[^/]+/, '');
  // Below zero where the clock of this machine is behind.
  const age = now - letter.publishedAt;
  return (
    (ids === undefined || ids.includes(letter.id)) &&
    (kinds === undefined || (letter.kind !== undefined && kinds.includes(letter.kind))) &&
    (conversation === undefined ||
      letter.conversation === conversation ||
      letter.conversation?.endsWith(`/conversations/${conversation}`) === true) &&
    (olderThan === undefined || age >= olderThan) &&
    (youngerThan === undefined || age < youngerThan)
  );
}

/** Whether it leaves anything out. */
export function narrows({ id, kind, conversation, olderThan, youngerThan }: Filter): boolean {
  return [id, kind, conversation, olderThan, youngerThan].some((each) => each !== undefined);
}

/** An age to read: the largest unit that fits, rounded down. */
export function ageText(ms: number): string {
  const [unit, factor] = Object.entries(UNITS).findLast(([, each]) => ms >= each) ?? ['s', 1_000];
  return Number.isNaN(ms) ? '?' : `${Math.max(0, Math.floor(ms / factor))}${unit}`;
}
