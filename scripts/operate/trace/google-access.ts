import { ROOT } from '../../cli/root.ts';
import { banner } from '../../deploy/banner.ts';
import type { DeploySettings } from '../../deploy/settings/deploy-settings.ts';
import type { LoadedSettings } from '../../deploy/settings/load-settings.ts';
import { createExec } from '../../gcloud/exec.ts';
import { openProject } from '../../gcloud/open-project.ts';

/** Google Cloud as gcloud's account sees it. */
export interface GoogleAccess {
  settings: DeploySettings;
  projectNumber: string | undefined;
  /** None where stand-ins take the place of Google. */
  token: string | undefined;
  /** Addresses without a slash at their end; undefined for what nobody stands in for. */
  urls: Readonly<Record<'pubsub' | 'dialogflow' | 'logging', string | undefined>>;
}

const REQUEST_LIMIT_MS = 15_000;
/** The client of Dialogflow chooses the host by the location. */
const GOOGLE = { pubsub: 'https://pubsub.googleapis.com', logging: 'https://logging.googleapis.com' };

/**
 * Google with the token of gcloud's account. With PUBSUB_EMULATOR_HOST nothing of Google is asked: only the emulator, and
 * what gcloud's own variables name in the place of Dialogflow and Cloud Logging.
 *
 * @throws {Error} with the remedy when nobody is signed in, or the account does not see the project.
 */
export async function openGoogle(
  { settings, given }: LoadedSettings,
  signal: AbortSignal,
): Promise<GoogleAccess> {
  const { env } = given;
  const projectNumber = env.GCP_PROJECT_NUMBER;
  const override = (api: string) => env[`CLOUDSDK_API_ENDPOINT_OVERRIDES_${api}`]?.replace(/\/+$/, '');
  const named = { dialogflow: override('DIALOGFLOW'), logging: override('LOGGING') };
  const emulator = env.PUBSUB_EMULATOR_HOST;
  if (emulator !== undefined)
    return { settings, projectNumber, token: undefined, urls: { pubsub: `http://${emulator}`, ...named } };
  const { accessToken, account } = await openProject(settings, { exec: createExec(ROOT, env), signal }, env);
  console.error(banner(settings, given, account));
  const urls = {
    pubsub: override('PUBSUB') ?? GOOGLE.pubsub,
    logging: named.logging ?? GOOGLE.logging,
    dialogflow: named.dialogflow,
  };
  return { settings, projectNumber, token: accessToken, urls };
}

/** Why nothing is known of something. */
export interface Unseen {
  state: 'skipped';
  reason: string;
}

export const NO_STAND_IN = 'PUBSUB_EMULATOR_HOST is set, so Google is not asked';

/** One request, a POST where there is a body. Rejects like fetch. */
export function askGoogle(
  url: string,
  { token }: Pick<GoogleAccess, 'token'>,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      'content-type': 'application/json',
      ...headers,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
  });
}
