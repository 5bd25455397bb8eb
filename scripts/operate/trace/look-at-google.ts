import { ConfigError } from '../../../shared/errors.ts';
import { UsageError } from '../../cli/usage-error.ts';
import { type LoadedSettings, loadSettings } from '../../deploy/settings/load-settings.ts';
import { type DeadLetters, findDeadLetters } from './dead-letters.ts';
import { type FunctionLogs, readFunctionLogs } from './function-logs.ts';
import { type GoogleAccess, openGoogle, type Unseen } from './google-access.ts';
import { findPublished, type Published } from './published-topics.ts';

/** What Google Cloud knows of the way of a conversation's events to Redis. */
export interface GoogleView {
  letters: DeadLetters;
  published: Published | Unseen;
  functions: FunctionLogs | Unseen;
}

/**
 * Looks at what relays do not see. What cannot be looked at has its reason in the answer.
 *
 * @throws {UsageError} when the named settings file does not exist.
 */
export async function lookAtGoogle(
  conversation: string,
  settingsFile: string | undefined,
  signal: AbortSignal,
): Promise<GoogleView> {
  let access: GoogleAccess;
  try {
    const loaded: LoadedSettings = loadSettings(settingsFile);
    access = await openGoogle(loaded, signal);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const unseen = skipped(error);
    return { letters: unseen, published: unseen, functions: unseen };
  }
  const [letters, published, functions] = await Promise.all([
    findDeadLetters(conversation, access, signal).catch(skipped),
    findPublished(access).catch(skipped),
    readFunctionLogs(access, Date.now()).catch(skipped),
  ]);
  return { letters, published, functions };
}

function skipped(error: unknown): Unseen {
  return { state: 'skipped', reason: reasonOf(error) };
}

function reasonOf(error: unknown): string {
  if (error instanceof ConfigError) return `the settings name no deployment (${error.faults[0] ?? ''})`;
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().split('\n', 1)[0] ?? '';
}
