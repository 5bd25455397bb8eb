/** `1 relay`, `2 relays`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Text of a client or of an identity provider without what would move the cursor or look like a line of its own. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, '?');
}

/** A time span in milliseconds to read: `12 s`, `4 minutes`, `2 hours`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? plural(minutes, 'minute') : plural(Math.floor(minutes / 60), 'hour');
}

/** The time of day in UTC, `10:42:03.120Z`; `-` for none. */
export function clock(at: number | string | null): string {
  const date = new Date(at ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? '-' : date.toISOString().slice(11);
}
