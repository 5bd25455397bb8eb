import { createHash } from 'node:crypto';
import type { Redis } from './redis.ts';

/** Runs a script with these keys, all of one slot, and arguments; rejects with Redis's own error. */
export type RedisScript<Result> = (
  keys: readonly string[],
  args: readonly (string | number)[],
) => Promise<Result>;

/**
 * A Lua script that is named by its digest, and sent as text only where Redis does not know it: after a start, on a
 * replica that took over, on another node of a cluster.
 *
 * In place of ioredis's `defineCommand`: there each call is an object of a class of its own, with more promises, and the
 * functions framework watches every promise, which took a fifth of what an event takes.
 *
 * @param toResult makes the result from Redis's reply, which has the shape that the script's comment says.
 */
export function redisScript<Reply, Result>(
  redis: Redis,
  lua: string,
  toResult: (reply: Reply) => Result,
): RedisScript<Result> {
  return runs(redis, lua, toResult, { byDigest: 'evalsha', asText: 'eval' });
}

/**
 * The same for a script that only reads. Redis 7 then runs it while it takes no writes (`CLIENT PAUSE WRITE`), which it
 * does not do for a script of which it has not been told.
 */
export function readingScript<Reply, Result>(
  redis: Redis,
  lua: string,
  toResult: (reply: Reply) => Result,
): RedisScript<Result> {
  const newer = runs(redis, lua, toResult, { byDigest: 'evalsha_ro', asText: 'eval_ro' });
  const older = redisScript(redis, lua, toResult);
  let isOlder = false;
  return async (keys, args) => {
    if (isOlder) return older(keys, args);
    return newer(keys, args).catch((error: unknown) => {
      if (!isUnknownCommand(error)) throw error;
      isOlder = true;
      return older(keys, args);
    });
  };
}

interface ScriptCommands {
  byDigest: 'evalsha' | 'evalsha_ro';
  asText: 'eval' | 'eval_ro';
}

function runs<Reply, Result>(
  redis: Redis,
  lua: string,
  toResult: (reply: Reply) => Result,
  { byDigest, asText }: ScriptCommands,
): RedisScript<Result> {
  const digest = createHash('sha1').update(lua).digest('hex');
  const read = (reply: unknown) => toResult(reply as Reply);
  return (keys, args) =>
    redis[byDigest](digest, keys.length, ...keys, ...args).then(read, (error: unknown) => {
      if (!isUnknownScript(error)) throw error;
      return redis[asText](lua, keys.length, ...keys, ...args).then(read);
    });
}

/** Redis 6 does not know the commands, and a user of Redis (ACL) may not be permitted to run one of them. */
function isUnknownCommand(error: unknown): boolean {
  return error instanceof Error && /^(ERR unknown command|NOPERM .*eval(sha)?_ro)/i.test(error.message);
}

/** Redis says so before it has run anything. */
function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}
