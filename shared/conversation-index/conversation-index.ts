import { readFileSync } from 'node:fs';
import type { ShortName } from '../conversation-name.ts';
import { INDEX_KEYS } from '../keys.ts';
import type { Redis } from '../redis.ts';
import { redisScript } from '../redis-script.ts';

/** How long a conversation is listed from its start, in milliseconds: a day, longer than any call. */
export const LISTED_MS = 24 * 60 * 60 * 1000;
/** How long a conversation is listed after its end, in milliseconds. */
export const ENDED_LISTED_MS = 5 * 60 * 1000;

/** An event that begins or ends a conversation, or that says something of it for good. */
export interface NotedEvent {
  conversation: ShortName;
  /** As Pub/Sub wrote it. */
  publishTime: string;
  finishes?: true;
}

/**
 * Which conversations there are, as the functions write it: with the first event of a conversation and with each
 * lifecycle event. It holds names and times only, in two keys of one slot. What it no longer lists goes with the next
 * write, and the keys expire a day after the last one.
 */
export interface ConversationIndex {
  /** Rejects like Redis. It may be repeated. */
  note(event: NotedEvent): Promise<void>;
}

// Read beside this module; the build copies the script beside the bundle.
const SCRIPT = new URL('./note-conversation.lua', import.meta.url);

export function createConversationIndex(redis: Redis, now: () => number = Date.now): ConversationIndex {
  const noteScript = redisScript(redis, readFileSync(SCRIPT, 'utf8'), () => undefined);
  return {
    async note({ conversation, publishTime, finishes }) {
      const published = Date.parse(publishTime);
      await noteScript(
        [INDEX_KEYS.started, INDEX_KEYS.ended],
        [
          conversation,
          Number.isNaN(published) ? now() : published,
          finishes ? '1' : '0',
          LISTED_MS,
          ENDED_LISTED_MS,
        ],
      );
    },
  };
}

/** Takes a conversation out of the index; resolves with how many entries it had. */
export async function removeFromIndex(redis: Redis, conversation: ShortName): Promise<number> {
  const removed = await Promise.all(Object.values(INDEX_KEYS).map((key) => redis.zrem(key, conversation)));
  return removed.reduce((sum, count) => sum + count, 0);
}
