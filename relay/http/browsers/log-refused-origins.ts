import type { Logger } from '../../../shared/log.ts';
import { ThrottledCountLog } from '../../../shared/throttled-count-log.ts';
import type { OriginCheck } from './origin-check.ts';

/**
 * The check, which also logs what it refuses: a program that sends an `Origin` of its own sees a 403 without a reason, and
 * a browser does not tell the page why. There is at most one line a minute, with the origin that was refused last.
 *
 * @param onRefused hears of each.
 */
export function logRefusedOrigins(
  isAllowed: OriginCheck,
  logger: Pick<Logger, 'warn'>,
  onRefused?: (origin: string | undefined) => void,
): OriginCheck {
  const log = new ThrottledCountLog<'count', string | undefined>({
    counted: ['count'],
    write: ({ count }, origin) =>
      logger.warn({ origin, count }, 'requests of an origin that CORS_ALLOWED_ORIGINS does not list'),
    now: Date.now,
  });
  return (origin) => {
    if (isAllowed(origin)) return true;
    log.count('count', origin);
    onRefused?.(origin);
    return false;
  };
}
