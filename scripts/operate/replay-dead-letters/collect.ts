import { type DeadLetter, deadLetter, type Interpretation, sourceOf } from './dead-letter.ts';
import type { Pubsub } from './pubsub.ts';

export interface Collection {
  /** The oldest first. */
  letters: DeadLetter[];
  /** There are more than were asked for. */
  isCut: boolean;
}

/** How long what was looked at is kept from others, in seconds: Pub/Sub's longest. It is given back sooner. */
const HOLD_SECONDS = 600;
const BATCH = 100;
/** A pull may be answered with nothing while there is something. */
const EMPTY_PULLS = 3;
/** How much content is held in memory, in bytes of base64. */
const MEMORY_BYTES = 64 * 1024 * 1024;

/**
 * Takes dead letters from their subscription, without acknowledging any: {@link release} gives them back, and what is
 * not given back comes again by itself after ten minutes.
 */
export async function collect(
  pubsub: Pubsub,
  subscription: string,
  options: Interpretation & { limit: number; signal: AbortSignal },
): Promise<Collection> {
  const found = new Map<string, DeadLetter>();
  const topics = new Map<string, string | undefined>();
  const topicOf = async (source: string | undefined) => {
    if (source === undefined) return undefined;
    if (!topics.has(source)) topics.set(source, await pubsub.topicOf(source));
    return topics.get(source);
  };
  const held: string[] = [];
  let bytes = 0;
  try {
    for (let empty = 0; empty < EMPTY_PULLS; ) {
      const isFull = found.size >= options.limit || bytes > MEMORY_BYTES;
      if (isFull || options.signal.aborted) break;
      const batch = await pubsub.pull(subscription, Math.min(BATCH, options.limit - found.size));
      const ackIds = batch.map(({ ackId }) => ackId);
      held.push(...ackIds);
      await pubsub.hold(subscription, ackIds, HOLD_SECONDS);
      for (const received of batch) {
        const topic = await topicOf(sourceOf(received, options.projectId));
        // A message that comes twice has a new ackId, and only that one counts.
        found.set(received.messageId, deadLetter(received, topic, options));
        bytes += received.data.length;
      }
      empty = batch.length === 0 ? empty + 1 : 0;
    }
  } catch (error) {
    await release(pubsub, subscription, held);
    throw error;
  }
  const letters = [...found.values()].sort((one, other) => one.publishedAt - other.publishedAt);
  return { letters, isCut: found.size >= options.limit || bytes > MEMORY_BYTES };
}

/** Gives messages back, for the next look or anybody else. What fails here comes back by itself. */
export async function release(
  pubsub: Pubsub,
  subscription: string,
  ackIds: readonly string[],
): Promise<void> {
  for (let start = 0; start < ackIds.length; start += BATCH)
    await pubsub.hold(subscription, ackIds.slice(start, start + BATCH), 0).catch(() => {});
}
