// Figures as people read them.

/** With a comma between thousands, whatever the machine's language. */
export function countText(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** A time in milliseconds; a dash where there is none. */
export function msText(ms: number | null): string {
  if (ms === null) return '–';
  return ms.toLocaleString('en-US', { maximumFractionDigits: ms < 10 ? 1 : 0 });
}

/** `4:05`, minutes and seconds. */
export function clockText(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
