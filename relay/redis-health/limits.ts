/** Limits of the watch over Redis. */
export const REDIS_HEALTH_LIMITS = {
  /** How often a write is tried, in milliseconds: a fail-over is noticed in this time, and costs half a command a second. */
  trialEveryMs: 2_000,
};

export type RedisHealthLimits = Readonly<typeof REDIS_HEALTH_LIMITS>;
