import { ROOT } from '../../cli/root.ts';
import { accessToken } from '../../gcloud/access-token.ts';
import { createExec } from '../../gcloud/exec.ts';
import { createPubsub, type Pubsub } from './pubsub.ts';

const GOOGLE = 'https://pubsub.googleapis.com';

/**
 * Pub/Sub with the token of gcloud's account, or the emulator that PUBSUB_EMULATOR_HOST names, as in Google's own
 * libraries.
 *
 * @throws {Error} with gcloud's words when nobody is signed in.
 */
export async function openPubsub(
  env: Record<string, string | undefined>,
  account: string | undefined,
  signal: AbortSignal,
): Promise<Pubsub> {
  const emulator = env.PUBSUB_EMULATOR_HOST;
  if (emulator !== undefined) return createPubsub(`http://${emulator}`, undefined);
  return createPubsub(GOOGLE, await accessToken(account, createExec(ROOT, env), signal));
}
