import { ROOT } from '../../cli/root.ts';
import { banner } from '../../deploy/banner.ts';
import type { LoadedSettings } from '../../deploy/settings/load-settings.ts';
import { createExec } from '../../gcloud/exec.ts';
import { openProject } from '../../gcloud/open-project.ts';
import { createPubsub, type Pubsub } from './pubsub.ts';

const GOOGLE = 'https://pubsub.googleapis.com';

/**
 * Pub/Sub with the token of gcloud's account, or the emulator that PUBSUB_EMULATOR_HOST names, as in Google's own
 * libraries.
 *
 * @throws {Error} with the remedy when nobody is signed in, or the account does not see the project.
 */
export async function openPubsub({ settings, given }: LoadedSettings, signal: AbortSignal): Promise<Pubsub> {
  const { env } = given;
  const emulator = env.PUBSUB_EMULATOR_HOST;
  if (emulator !== undefined) return createPubsub(`http://${emulator}`, undefined);
  const { accessToken, account } = await openProject(settings, { exec: createExec(ROOT, env), signal }, env);
  console.error(banner(settings, given, account));
  return createPubsub(GOOGLE, accessToken);
}
