import { alignColumns } from '../../cli/table.ts';
import type { DeadLetter } from './dead-letter.ts';
import { ageText } from './filter.ts';

const HEADINGS = ['ID', 'AGE', 'TRIES', 'BYTES', 'KIND', 'CONVERSATION', 'FAULT'];

/** One line each; nothing of the content. */
export function table(letters: readonly DeadLetter[], now: number): string {
  return alignColumns([HEADINGS, ...letters.map((letter) => cells(letter, now))]);
}

/** All that may be seen of one. Of attributes the names: a value may be what somebody said. */
export function details(letter: DeadLetter, now: number): string {
  const { id, attempts, size, source, topic, kind, conversation, fault, received } = letter;
  const facts = {
    id,
    'first published': `${new Date(letter.publishedAt).toISOString()} (${ageText(now - letter.publishedAt)} ago)`,
    'given up': received.publishTime,
    attempts: attempts ?? 'unknown',
    'given up by': source ?? 'unknown',
    topic: topic ?? 'unknown: the subscription is gone, or not to be seen by this account; use --to TOPIC',
    kind: kind ?? 'unknown',
    conversation: conversation ?? 'unknown',
    bytes: size,
    attributes: Object.keys(received.attributes).sort().map(printable).join(', ') || 'none',
    fault: fault ?? 'none: a function would take it',
  };
  return Object.entries(facts)
    .map(([name, value]) => `${`${name}:`.padEnd(17)}${value}`)
    .join('\n');
}

/** Without what would move the cursor: publishers choose the names. */
function printable(name: string): string {
  return name.replace(/\p{C}/gu, '?');
}

function cells(letter: DeadLetter, now: number): string[] {
  const { id, publishedAt, attempts, size, kind, conversation, fault } = letter;
  return [
    id,
    ageText(now - publishedAt),
    String(attempts ?? '?'),
    String(size),
    kind ?? '?',
    conversation ?? '?',
    fault ?? '',
  ];
}
