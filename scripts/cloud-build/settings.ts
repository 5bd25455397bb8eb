import { ConfigError } from '../../shared/errors.ts';
import { EVENT_KINDS, type EventKind } from '../../shared/event.ts';
import { TOPIC_VARIABLES } from '../deploy/settings/settings-table.ts';

type Env = Record<string, string | undefined>;

const TOPIC_WORDS: Readonly<Record<EventKind, string>> = {
  'human-agent-assistant-event': 'suggestions',
  'new-message-event': 'messages',
  'conversation-lifecycle-event': 'lifecycle',
  'new-recognition-result-notification-event': 'transcripts',
};

/**
 * The settings that a build deploys with. One of a pull request goes to a project of its own, where everything that can
 * be named has the number of the pull request in its name.
 *
 * @param env BUILD_PROJECT, PREVIEW_PROJECT and PULL_REQUEST of cloudbuild.yaml, and settings of the deployment.
 * @throws {ConfigError} when the build would let anybody register, or a pull request would reach the build's project.
 */
export function buildSettings(env: Env): Env {
  const { BUILD_PROJECT: own, PREVIEW_PROJECT: preview, PULL_REQUEST: number } = env;
  const faults: string[] = [];
  for (const name of ['AUTH_OPTION', 'APP_AUTH_OPTION'])
    if (env[name]?.toLowerCase() === 'skip')
      faults.push(
        `${name} is Skip: a build deploys nothing that lets anybody register; set it to a provider`,
      );
  if (!own) faults.push('BUILD_PROJECT is not set: set it to $PROJECT_ID in cloudbuild.yaml');
  // Every function's name ends in it, and Cloud Run's names have 49 characters at most.
  if (number && !/^[1-9]\d{0,4}$/.test(number))
    faults.push(
      'PULL_REQUEST is not a number of at most five digits: set it to $_PR_NUMBER in cloudbuild.yaml',
    );
  if (number && (!preview || preview === own))
    faults.push(
      'PREVIEW_PROJECT is not another project than BUILD_PROJECT: pull requests need one of their own',
    );
  if (faults.length > 0) throw new ConfigError(faults);
  const settings = { ...env, AUTH_SKIP_ON_CLOUD_RUN: undefined };
  if (!number) return { ...settings, GCP_PROJECT_ID: own };
  return { ...settings, GCP_PROJECT_ID: preview, ...previewNames(number), ...SMALL };
}

/** The same of a pull request only: nothing takes the deployment of a push away. @throws {ConfigError} */
export function previewSettings(env: Env): Env {
  if (!env.PULL_REQUEST)
    throw new ConfigError(['PULL_REQUEST is not set: set it to the number of the pull request that is over']);
  return buildSettings(env);
}

/** Network and Redis belong to the preview project, and its pull requests share them. */
function previewNames(number: string): Env {
  const suffix = `pr${number}`;
  const named = (word: string) => `${word}-${suffix}`;
  return {
    FUNCTION_NAME_SUFFIX: suffix,
    CONNECTOR_SERVICE_NAME: named('relay'),
    CONNECTOR_SERVICE_ACCOUNT_NAME: named('relay'),
    INTERCEPTOR_SERVICE_ACCOUNT_NAME: named('events'),
    CLOUD_RUN_PUBSUB_INVOKER_NAME: named('invoker'),
    JWT_SECRET_NAME: named('jwt'),
    DEAD_LETTER_TOPIC_ID: named('dead-letters'),
    CONVERSATION_PROFILE_NAME: `Pull request ${number}`,
    ...Object.fromEntries(EVENT_KINDS.map((kind) => [TOPIC_VARIABLES[kind], named(TOPIC_WORDS[kind])])),
    // Addresses and ids that exist win over names, and would be those of another deployment.
    CONNECTOR_SERVICE_ACCOUNT: undefined,
    CONNECTOR_SERVICE_ACCOUNT_ID: undefined,
    INTERCEPTOR_SERVICE_ACCOUNT: undefined,
    INTERCEPTOR_SERVICE_ACCOUNT_ID: undefined,
    CONVERSATION_PROFILE_ID: undefined,
    AUTHORIZER_TOKEN_SECRET: undefined,
    ADMIN_TOKEN_NAME: 'none',
    REDIS_HOST: undefined,
    RELAY_IMAGE: undefined,
  };
}

const SMALL: Env = {
  REDIS_TIER: 'basic',
  REDIS_SIZE_GB: '1',
  RELAY_MIN_INSTANCES: '0',
  FUNCTION_MIN_INSTANCES: '0',
};
