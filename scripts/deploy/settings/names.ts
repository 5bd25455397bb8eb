// Names that gcloud takes and the services refuse, and the names that others follow from.
import type { EventKind } from '../../../shared/event.ts';
import { type DeployConfig, deploySettings } from './settings-table.ts';

/**
 * Cloud Run: "must be less than 50 characters". A function is a Cloud Run service of its name. Cloud Functions would take
 * 63, and so should Eventarc, which publishes no limit for triggers (https://google.aip.dev/122); the names that it gives
 * them have seven characters more than the function's.
 * https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services/create
 */
const SERVICE_MAX = 49;
/** https://cloud.google.com/memorystore/docs/redis/reference/rest/v1/projects.locations.instances/create (instanceId) */
const REDIS_INSTANCE_MAX = 40;

/** Name of the function, and with Direct VPC egress also of its trigger. Otherwise Eventarc's name begins with it. */
export function functionName(
  { functionSuffix }: Pick<DeployConfig, 'functionSuffix'>,
  kind: EventKind,
): string {
  return functionSuffix === undefined ? kind : `${kind}-${functionSuffix}`;
}

export function deadLetterSubscription({ deadLetterTopic }: Pick<DeployConfig, 'deadLetterTopic'>): string {
  return `${deadLetterTopic.replace(/-topic$/, '')}-sub`;
}

/** What a deployment makes and another of the project, whose teardown would take it away, must not have, too. */
const OWN_NAMES = [
  'relayName',
  'jwtSecret',
  'adminTokenSecret',
  'deadLetterTopic',
  'suggestionTopic',
  'messageTopic',
  'lifecycleTopic',
  'recognitionTopic',
  'invokerName',
] as const;

/**
 * Every name that is too long, or with FUNCTION_NAME_SUFFIX still that of a deployment without, as a sentence that names
 * the variable.
 *
 * @param kinds Those that are deployed.
 */
export function nameFaults(config: DeployConfig, kinds: Iterable<EventKind>): string[] {
  const { functionSuffix = '', relayName, redisInstance } = config;
  const longestKind = Math.max(0, ...[...kinds].map((kind) => kind.length));
  return [
    ...atMost('FUNCTION_NAME_SUFFIX', functionSuffix, SERVICE_MAX - longestKind - '-'.length),
    ...atMost('CONNECTOR_SERVICE_NAME', relayName, SERVICE_MAX),
    ...atMost('REDIS_INSTANCE_ID', redisInstance, REDIS_INSTANCE_MAX),
    ...(config.functionSuffix === undefined ? [] : sharedFaults(config)),
  ];
}

function sharedFaults(config: DeployConfig): string[] {
  const { relayAccountEmail, relayAccountId, functionsAccountEmail, functionsAccountId, profileId } = config;
  const keys = [
    ...OWN_NAMES,
    ...((relayAccountEmail ?? relayAccountId) === undefined ? (['relayAccountName'] as const) : []),
    ...((functionsAccountEmail ?? functionsAccountId) === undefined
      ? (['functionsAccountName'] as const)
      : []),
    ...(profileId === undefined ? (['profileName'] as const) : []),
  ];
  return keys.flatMap((key) => {
    const { env, fallback } = deploySettings[key];
    if (config[key] !== fallback) return [];
    return [
      `${env} is ${fallback}, as without FUNCTION_NAME_SUFFIX: set it to a name of this deployment's own`,
    ];
  });
}

function atMost(variable: string, value: string, most: number): string[] {
  if (value.length <= most) return [];
  return [`${variable} has ${value.length} characters: set it to at most ${most}`];
}
