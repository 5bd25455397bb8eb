import { createHash } from 'node:crypto';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { ratePrefix } from '../../shared/keys.ts';
import type { Redis } from '../../shared/redis.ts';

const WINDOW_SECONDS = 60;

/** How much of something is left to each of many. */
export interface Rate {
  /** Takes one; resolves with how long to wait, in milliseconds, 0 when it was there. Never rejects. */
  take(who: string): Promise<number>;
  /** How long to wait as far as this relay knows, in milliseconds; asks nobody. */
  msBlocked(who: string): number;
  /** Lets somebody wait, in this relay, as if they had taken too many. */
  block(who: string, ms: number): void;
}

/**
 * A number of times a minute, counted over all relays in Redis, in one round trip. Whoever has used it up is remembered
 * here, and asks Redis no more until the minute is over. While Redis is away each relay counts for itself.
 */
export function createRate(redis: Redis, name: string, perMinute: number): Rate {
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: ratePrefix(name),
    points: perMinute,
    duration: WINDOW_SECONDS,
    rejectIfRedisNotReady: true,
    insuranceLimiter: new RateLimiterMemory({ points: perMinute, duration: WINDOW_SECONDS }),
  });
  /** Until when each has to wait; at the end of the map whoever has to wait longest, more or less. */
  const blocked = new Map<string, number>();

  function blockKey(key: string, ms: number): number {
    const now = performance.now();
    for (const [other, until] of blocked) {
      if (until > now) break;
      blocked.delete(other);
    }
    blocked.set(key, now + ms);
    return ms;
  }

  const msBlocked = (key: string) => Math.max(0, (blocked.get(key) ?? 0) - performance.now());

  return {
    async take(who) {
      const key = digest(who);
      const ms = msBlocked(key);
      if (ms > 0) return ms;
      try {
        await limiter.consume(key);
        return 0;
      } catch (error) {
        if (error instanceof RateLimiterRes) return blockKey(key, Math.max(1, error.msBeforeNext));
        throw error;
      }
    },
    msBlocked: (who) => msBlocked(digest(who)),
    block(who, ms) {
      blockKey(digest(who), ms);
    },
  };
}

function digest(who: string): string {
  return createHash('sha256').update(who, 'utf8').digest('base64url');
}
