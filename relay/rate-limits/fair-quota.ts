import { createHash } from 'node:crypto';
import { quotaKey } from '../../shared/keys.ts';
import type { Redis } from '../../shared/redis.ts';
import { type RedisScript, redisScript } from '../../shared/redis-script.ts';

const WINDOW_MS = 60_000;

/**
 * Takes one of a window's quota for an agent, or nothing.
 *
 * KEYS  this window's hash and the last one's: a count for each agent, and `total`
 * ARGV  the quota, how much of the window is over (0 to 1), the agent
 * Returns 0 when there was one, else how many have been used in all.
 */
const TAKE = `
local quota, elapsed, agent = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local total = tonumber(redis.call('HGET', KEYS[1], 'total') or '0')
local own = tonumber(redis.call('HGET', KEYS[1], agent) or '0')
local others = math.max(redis.call('HLEN', KEYS[1]) - 1, 0) - (own > 0 and 1 or 0)
local active = math.max(others + 1, redis.call('HLEN', KEYS[2]) - 1)
local share = math.max(1, math.floor(quota / (active + 1)))
if total >= quota or (own >= share and total >= quota * elapsed) then
  return total
end
redis.call('HINCRBY', KEYS[1], 'total', 1)
redis.call('HINCRBY', KEYS[1], agent, 1)
redis.call('PEXPIRE', KEYS[1], ${2 * WINDOW_MS})
return 0
`;

/**
 * A quota that all agents share, divided so that no agent can use up what others need.
 *
 * An agent may take its share of the minute at any time. The share is the quota divided by the number of agents that
 * were active in this minute or the last, plus one for the next agent. Beyond its share an agent may take unused quota,
 * while the part of the quota that all have used is smaller than the part of the minute that is over. So a flooding
 * agent receives only unused quota, at the quota's own pace, and an agent that arrives later finds the rest of the
 * minute's quota.
 */
export class FairQuota {
  readonly #name: string;
  readonly #perMinute: number;
  readonly #now: () => number;
  readonly #take: RedisScript<number>;

  /**
   * @param perMinute for all agents together.
   * @param now milliseconds since 1970.
   */
  constructor(redis: Redis, name: string, perMinute: number, now: () => number = Date.now) {
    this.#name = name;
    this.#perMinute = perMinute;
    this.#now = now;
    this.#take = redisScript(redis, TAKE, Number);
  }

  /**
   * Takes one for an agent. Resolves with how long to wait, in milliseconds; 0 when it was taken. While Redis is away
   * every call succeeds, and Dialogflow itself refuses what is too much.
   */
  async take(agent: string): Promise<number> {
    const perMinute = this.#perMinute;
    const at = this.#now();
    const window = Math.floor(at / WINDOW_MS);
    const elapsed = (at % WINDOW_MS) / WINDOW_MS;
    const keys = [quotaKey(this.#name, window), quotaKey(this.#name, window - 1)];
    const who = createHash('sha256').update(agent, 'utf8').digest('base64url');
    const used = await this.#take(keys, [perMinute, elapsed, who]).catch(() => 0);
    if (used === 0) return 0;
    const nextPart = used < perMinute ? used / perMinute : 1;
    return Math.max(1, Math.ceil((nextPart - elapsed) * WINDOW_MS));
  }
}
