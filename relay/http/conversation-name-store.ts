import { integrationKey } from '../../shared/keys.ts';
import type { Redis } from '../../shared/redis.ts';

/** Which conversation an integration key (a phone number, a contact's id) stands for. */
export interface ConversationNames {
  set(key: string, name: string, ttlSeconds: number): Promise<void>;
  get(key: string): Promise<string | undefined>;
  /** @returns whether there was one. */
  delete(key: string): Promise<boolean>;
}

/** The names in Redis, in the form of Google's reference; keys are stored as digests only. */
export function conversationNamesIn(redis: Redis): ConversationNames {
  return {
    async set(key, name, ttlSeconds) {
      await redis.set(integrationKey(key), name, 'EX', ttlSeconds);
    },
    async get(key) {
      return (await redis.get(integrationKey(key))) ?? undefined;
    },
    async delete(key) {
      return (await redis.del(integrationKey(key))) > 0;
    },
  };
}
