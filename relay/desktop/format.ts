import { language, t } from './strings/strings.ts';

/** Kept, because making one takes as long as drawing a line of the transcript. */
const clocks = new Map<string, Intl.DateTimeFormat>();

/** The time of day, such as 10:42; with seconds where asked for. */
export function timeOfDay(time: number, withSeconds = false): string {
  return clock(language(), withSeconds).format(time);
}

function clock(locale: string, withSeconds: boolean): Intl.DateTimeFormat {
  const key = `${locale} ${withSeconds}`;
  const known = clocks.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale, {
    hour: 'numeric',
    minute: '2-digit',
    ...(withSeconds ? { second: '2-digit' } : {}),
  });
  clocks.set(key, made);
  return made;
}

/** A duration as 4:07 or 1:04:07. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? part : String(part).padStart(2, '0'))).join(':');
}

/** A latency such as 85 ms or 1.2 s. */
export function latency(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = new Intl.NumberFormat(language(), { maximumFractionDigits: ms < 10_000 ? 1 : 0 });
  return ms < 60_000
    ? `${seconds.format(ms / 1000)} s`
    : t('connection.minutes', { count: Math.round(ms / 60_000) });
}
