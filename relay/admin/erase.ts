import { type Project, type ShortName, shortName } from '../../shared/conversation-name.ts';
import { ConversationNameError } from '../../shared/errors.ts';
import { conversationKeys, joinedKey, keyKind, placesKey, presenceKey } from '../../shared/keys.ts';
import { isCluster, type Redis } from '../../shared/redis.ts';
import { deleteIf } from '../integration-keys/conversation-name-store.ts';
import type { AdminLimits } from './limits.ts';

/**
 * Removes everything that Redis holds of a conversation: its log and what belongs to it, the places and joins of every
 * token, its presence, and the integration keys that lead to it. For the last three it goes through all keys of Redis, a
 * step at a time: which they are does not follow from the conversation's name.
 *
 * @returns how many keys and members of sets there were.
 */
export async function eraseConversation(
  redis: Redis,
  name: ShortName,
  project: Project,
  { scanCount }: Pick<AdminLimits, 'scanCount'>,
): Promise<number> {
  const { channel, ...stored } = conversationKeys(name);
  // First what is known by name, all content with it: to go through the rest takes seconds in a large Redis.
  let removed = sum(
    await Promise.all([...Object.values(stored), presenceKey(name)].map((key) => redis.unlink(key))),
  );
  const nodes = isCluster(redis) ? redis.nodes('master') : [redis];
  for (const node of nodes) {
    let cursor = '0';
    do {
      const [next, keys] = await node.scan(cursor, 'COUNT', scanCount);
      // One command for each key: in a cluster those of one step belong to many slots.
      removed += sum(await Promise.all(keys.map((key) => eraseIn(redis, key, name, project))));
      cursor = next;
    } while (cursor !== '0');
  }
  return removed;
}

/** Removes what a relay has written for desktops, with these tokens, that had joined a conversation. */
export async function removeTraces(
  redis: Redis,
  name: ShortName,
  tokenIds: readonly string[],
): Promise<void> {
  await Promise.all([
    redis.unlink(presenceKey(name)),
    ...tokenIds.flatMap((token) => [
      redis.unlink(placesKey(name, token)),
      redis.zrem(joinedKey(token), name),
    ]),
  ]);
}

async function eraseIn(redis: Redis, key: string, name: ShortName, project: Project): Promise<number> {
  switch (keyKind(key, name)) {
    case 'of-the-conversation':
      return redis.unlink(key);
    case 'joined':
      return redis.zrem(key, name);
    case 'integration': {
      // MGET passes over a key of another type, which is not one of ours.
      const [value = null] = await redis.mget(key);
      const leadsHere = value !== null && isNameOf(value, name, project);
      return leadsHere ? Number(await deleteIf(redis, key, value)) : 0;
    }
    case 'other':
      return 0;
  }
}

/** Telephony stores names as it has them, with the location too. */
function isNameOf(value: string, name: ShortName, project: Project): boolean {
  try {
    return shortName(value, project) === name;
  } catch (error) {
    if (error instanceof ConversationNameError) return false;
    throw error;
  }
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
