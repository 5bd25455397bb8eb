import { integrationKey } from '../../shared/keys.ts';
import type { Redis } from '../../shared/redis.ts';

/** Deletes a key if it has a value: it may have got another since it was read. */
const DELETE_IF = "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1]) or 0";

/**
 * Takes a key of Redis away that leads to a name; one that has come to lead elsewhere stays.
 *
 * @returns whether it was there.
 */
export async function deleteIf(redis: Redis, key: string, name: string): Promise<boolean> {
  return Number(await redis.eval(DELETE_IF, 1, key, name)) > 0;
}

/** Which conversation an integration key (a phone number, a contact's id) stands for. */
export interface ConversationNames {
  set(key: string, name: string, ttlSeconds: number): Promise<void>;
  get(key: string): Promise<string | undefined>;
  /** Deletes the key if it leads to this name; resolves with whether it did. */
  delete(key: string, name: string): Promise<boolean>;
}

/**
 * The names in Redis, in the form of Google's reference; keys are stored as digests only.
 *
 * @param reads for commands that only read.
 */
export function conversationNamesIn(redis: Redis, reads: Redis = redis): ConversationNames {
  return {
    async set(key, name, ttlSeconds) {
      await redis.set(integrationKey(key), name, 'EX', ttlSeconds);
    },
    async get(key) {
      return (await reads.get(integrationKey(key))) ?? undefined;
    },
    delete: (key, name) => deleteIf(redis, integrationKey(key), name),
  };
}
