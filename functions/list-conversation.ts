import type { ConversationIndex, NotedEvent } from '../shared/conversation-index/conversation-index.ts';
import type { Logger } from '../shared/log.ts';
import { ThrottledCountLog } from '../shared/throttled-count-log.ts';

/** `slow`: Redis has not answered yet, and the write goes on. */
export type Listed = 'listed' | 'slow' | 'failed';

/** Writes the conversation of an event into the index. It never rejects. */
export type ListConversation = (event: NotedEvent) => Promise<Listed>;

/**
 * How long an acknowledgement waits for the index, in milliseconds. A Redis that is well takes one. In a cluster the index
 * has a node of its own, which may be away while the conversation's node is well.
 */
export const INDEX_PATIENCE_MS = 250;

export interface ListConversationDeps {
  index: ConversationIndex;
  logger: Logger;
  now?: () => number;
}

/** Delivery does not depend on the index: an event whose conversation cannot be listed is delivered all the same. */
export function listConversation({ index, logger, now = Date.now }: ListConversationDeps): ListConversation {
  const failures = new ThrottledCountLog<'count', unknown>({
    counted: ['count'],
    write: ({ count }, err) =>
      logger.warn({ err, count }, 'Redis did not take events into the list of conversations'),
    now,
  });
  return (event) => {
    const { promise, resolve } = Promise.withResolvers<Listed>();
    const limit = setTimeout(resolve, INDEX_PATIENCE_MS, 'slow');
    const end = (result: Listed) => {
      clearTimeout(limit);
      resolve(result);
    };
    index.note(event).then(
      () => end('listed'),
      (error: unknown) => {
        failures.count('count', error);
        end('failed');
      },
    );
    return promise;
  };
}
