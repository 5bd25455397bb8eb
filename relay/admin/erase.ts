import { removeFromIndex } from '../../shared/conversation-index/conversation-index.ts';
import { type Project, type ShortName, shortName } from '../../shared/conversation-name.ts';
import { ConversationNameError } from '../../shared/errors.ts';
import { conversationKeys, joinedKey, keyKind, presenceKey } from '../../shared/keys.ts';
import { isCluster, type Redis } from '../../shared/redis.ts';
import { deleteIf } from '../integration-keys/conversation-name-store.ts';
import type { Revocable } from '../session/revocable.ts';
import type { AdminLimits } from './limits.ts';

/**
 * Removes everything that Redis holds of a conversation: its log and what belongs to it, its entries in the index, its
 * presence, where its pages are, the joins of every token, the counts of desktops, and the integration keys that lead to
 * it. The names of the last four cannot be derived from the conversation's name, so it scans all keys of Redis, a step at
 * a time.
 *
 * @returns how many keys and members of sets it has removed.
 */
export async function eraseConversation(
  redis: Redis,
  name: ShortName,
  project: Project,
  { scanCount }: Pick<AdminLimits, 'scanCount'>,
): Promise<number> {
  const { channel, ...stored } = conversationKeys(name);
  // Keys with known names first: they hold all content, and the scan takes seconds in a large Redis.
  let removed = sum(
    await Promise.all([
      removeFromIndex(redis, name),
      ...[...Object.values(stored), presenceKey(name)].map((key) => redis.unlink(key)),
    ]),
  );
  const nodes = isCluster(redis) ? redis.nodes('master') : [redis];
  for (const node of nodes) {
    let cursor = '0';
    do {
      const [next, keys] = await node.scan(cursor, 'COUNT', scanCount);
      // One command for each key, because the keys of one step belong to many slots of a cluster.
      removed += sum(await Promise.all(keys.map((key) => eraseIn(redis, key, name, project))));
      cursor = next;
    } while (cursor !== '0');
  }
  return removed;
}

/** Removes what a relay has stored for the desktops of these connections, which had joined a conversation. */
export async function removeTraces(
  redis: Redis,
  name: ShortName,
  closed: readonly Pick<Revocable, 'claims' | 'storedKeys'>[],
): Promise<void> {
  const tokens = closed.flatMap(({ claims }) => claims?.tokenId ?? []);
  const keys = [presenceKey(name), ...closed.flatMap((connection) => connection.storedKeys(name))];
  await Promise.all([
    ...keys.map((key) => redis.unlink(key)),
    ...tokens.map((token) => redis.zrem(joinedKey(token), name)),
  ]);
}

async function eraseIn(redis: Redis, key: string, name: ShortName, project: Project): Promise<number> {
  switch (keyKind(key, name)) {
    case 'of-the-conversation':
      return redis.unlink(key);
    case 'joined':
      return redis.zrem(key, name);
    case 'desktops':
      return redis.hdel(key, name);
    case 'integration': {
      // MGET answers null for a key of another type, which is not an integration key.
      const [value = null] = await redis.mget(key);
      const leadsHere = value !== null && isNameOf(value, name, project);
      return leadsHere ? Number(await deleteIf(redis, key, value)) : 0;
    }
    case 'other':
      return 0;
  }
}

/** Integrations may store the name with its location. */
function isNameOf(value: string, name: ShortName, project: Project): boolean {
  try {
    return shortName(value, project) === name;
  } catch (error) {
    if (error instanceof ConversationNameError) return false;
    throw error;
  }
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
