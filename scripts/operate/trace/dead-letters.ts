import { ConfigError } from '../../../shared/errors.ts';
import { EVENT_MAX_BYTES } from '../../../shared/event.ts';
import { UsageError } from '../../cli/usage-error.ts';
import { loadSettings } from '../../deploy/settings/load-settings.ts';
import { deadLetterSubscription } from '../../deploy/settings/names.ts';
import { openPubsub } from '../replay-dead-letters/access.ts';
import { collect, release } from '../replay-dead-letters/collect.ts';
import { matches } from '../replay-dead-letters/filter.ts';

/** What could not be delivered of a conversation; or why that is not known. */
export type DeadLetters =
  | { state: 'seen'; count: number; faults: string[]; isCut: boolean }
  | { state: 'skipped'; reason: string };

const LIMIT = 1_000;

/**
 * Looks for dead letters of a conversation, and gives them all back.
 *
 * @throws {UsageError} when the named settings file does not exist.
 */
export async function findDeadLetters(
  conversation: string,
  settingsFile: string | undefined,
  signal: AbortSignal,
): Promise<DeadLetters> {
  try {
    const loaded = loadSettings(settingsFile);
    const { settings } = loaded;
    const pubsub = await openPubsub(loaded, signal);
    const subscription = `projects/${settings.projectId}/subscriptions/${deadLetterSubscription(settings)}`;
    const { letters, isCut } = await collect(pubsub, subscription, {
      projectId: settings.projectId,
      projectNumber: loaded.given.env.GCP_PROJECT_NUMBER,
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
  } catch (error) {
    if (error instanceof UsageError) throw error;
    return { state: 'skipped', reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ConfigError) return `the settings name no deployment (${error.faults[0] ?? ''})`;
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().split('\n', 1)[0] ?? '';
}
