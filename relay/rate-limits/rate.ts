import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { ratePrefix } from '../../shared/keys.ts';
import type { Redis } from '../../shared/redis.ts';
import type { RateLimits } from './limits.ts';

const MINUTE_SECONDS = 60;

/** How often each key may do something. */
export interface Rate {
  /** Takes one. Resolves with how long to wait, in milliseconds; 0 when it was taken. Never rejects. */
  take(who: string): Promise<number>;
  /** How long to wait as far as this relay knows, in milliseconds. Does not ask Redis. */
  msBlocked(who: string): number;
  /** Makes a key wait in this relay, as if it had taken too many. */
  block(who: string, ms: number): void;
}

/**
 * A number of times in a window, which is a minute by default, counted over all relays in Redis, in one round trip. A key that has used it up is kept
 * here, and Redis is not asked about it until the window is over. While Redis is away each relay counts for itself.
 *
 * The limiter's own `inMemoryBlockOnConsumed` is not used: it cannot be told to block a key, it does not say how long a
 * key is blocked, and it knows nothing of what was refused while Redis was away.
 */
export function createRate(
  redis: Redis,
  name: string,
  max: number,
  { blockedMax }: Pick<RateLimits, 'blockedMax'>,
  windowSeconds = MINUTE_SECONDS,
): Rate {
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: ratePrefix(name),
    points: max,
    duration: windowSeconds,
    rejectIfRedisNotReady: true,
    insuranceLimiter: new RateLimiterMemory({ points: max, duration: windowSeconds }),
  });
  /** Keys that have to wait, each for as long as its entry lives. */
  const blocked = new LRUCache<string, true>({ max: blockedMax });
  const msBlocked = (key: string) => Math.max(0, blocked.getRemainingTTL(key));

  return {
    async take(who) {
      const key = digest(who);
      const ms = msBlocked(key);
      if (ms > 0) return ms;
      try {
        await limiter.consume(key);
        return 0;
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        const msBeforeNext = Math.max(1, error.msBeforeNext);
        blocked.set(key, true, { ttl: msBeforeNext });
        return msBeforeNext;
      }
    },
    msBlocked: (who) => msBlocked(digest(who)),
    block(who, ms) {
      blocked.set(digest(who), true, { ttl: ms });
    },
  };
}

function digest(who: string): string {
  return createHash('sha256').update(who, 'utf8').digest('base64url');
}
