import { t } from '../strings/strings.ts';

const MINUTE_S = 60;
const HOUR_S = 3_600;

/** How long ago something was, in its largest unit: 12 s, 3 min, 2 h. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < MINUTE_S) return t('wall.seconds', { count: seconds });
  if (seconds < HOUR_S) return t('wall.minutes', { count: Math.floor(seconds / MINUTE_S) });
  return t('wall.hours', { count: Math.floor(seconds / HOUR_S) });
}
