import { EVENT_MAX_BYTES } from '../../../shared/event.ts';
import { deadLetterSubscription } from '../../deploy/settings/names.ts';
import { collect, release } from '../replay-dead-letters/collect.ts';
import { matches } from '../replay-dead-letters/filter.ts';
import { createPubsub } from '../replay-dead-letters/pubsub.ts';
import type { GoogleAccess, Unseen } from './google-access.ts';

/** What could not be delivered of a conversation; or why that is not known. */
export type DeadLetters = { state: 'seen'; count: number; faults: string[]; isCut: boolean } | Unseen;

const LIMIT = 1_000;

/** Looks for dead letters of a conversation, and gives them all back. Rejects like Pub/Sub. */
export async function findDeadLetters(
  conversation: string,
  { settings, projectNumber, token, urls }: GoogleAccess,
  signal: AbortSignal,
): Promise<DeadLetters> {
  const pubsub = createPubsub(urls.pubsub ?? '', token);
  const subscription = `projects/${settings.projectId}/subscriptions/${deadLetterSubscription(settings)}`;
  const { letters, isCut } = await collect(pubsub, subscription, {
    projectId: settings.projectId,
    projectNumber,
    maxBytes: Number(settings.functionEnv.EVENT_MAX_BYTES ?? EVENT_MAX_BYTES),
    topics: settings.topics,
    limit: LIMIT,
    signal,
  });
  const ackIds = letters.map(({ received }) => received.ackId);
  await release(pubsub, subscription, ackIds);
  const found = letters.filter((letter) => matches(letter, { conversation }, Date.now()));
  const faults = [...new Set(found.flatMap(({ fault }) => fault ?? []))];
  return { state: 'seen', count: found.length, faults, isCut };
}
