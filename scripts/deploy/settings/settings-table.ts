import * as v from 'valibot';
import {
  type Config,
  integer,
  type Settings,
  setting,
  sharedSettings,
  text,
} from '../../../shared/config.ts';
import type { EventKind } from '../../../shared/event.ts';
import { TOPICS } from '../../topics.ts';
import {
  accountFault,
  channelsFault,
  channelsIn,
  connectorFault,
  projectFault,
  regionFault,
  topicFault,
} from './google-names.ts';
import { imageFault } from './image-reference.ts';

const name = v.pipe(v.string(), v.regex(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/));
const nameRemedy = 'set it to a name of lower-case letters, digits and hyphens that starts with a letter';
const accountId = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/));
const accountRemedy = 'set it to the part before the @, 6 to 30 lower-case letters, digits and hyphens';
const email = v.pipe(v.string(), v.regex(/^[^@\s]+@[^@\s]+$/));
const topicId = faultless(topicFault);
const secretName = v.pipe(v.string(), v.regex(/^[\w-]{1,255}$/));
const memory = v.pipe(v.string(), v.regex(/^\d+(Mi|Gi)$/));
const cpu = v.pipe(v.string(), v.picklist(['1', '2', '4', '6', '8']), v.transform(Number));

/** The variable that names each kind's topic, by the reference's names. */
export const TOPIC_VARIABLES: Readonly<Record<EventKind, string>> = {
  'human-agent-assistant-event': 'AGENT_ASSIST_NOTIFICATIONS_TOPIC_ID',
  'new-message-event': 'NEW_MESSAGE_NOTIFICATIONS_TOPIC_ID',
  'conversation-lifecycle-event': 'CONVERSATION_LIFECYCLE_NOTIFICATIONS_TOPIC_ID',
  'new-recognition-result-notification-event': 'NEW_RECOGNITION_RESULT_NOTIFICATION_TOPIC_ID',
};

const topic = (kind: EventKind) =>
  setting(TOPIC_VARIABLES[kind], {
    schema: v.union([v.literal('none'), topicId]),
    fallback: TOPICS[kind],
    faultOf: topicFault,
    remedy:
      'set it to the id of a topic in this project (at least 3 characters), or to none to do without it',
  });

/** What has none of these faults. */
function faultless(faultOf: (text: string) => string | undefined) {
  return v.pipe(
    v.string(),
    v.check((given) => faultOf(given) === undefined),
  );
}

const named = (env: string, fallback: string) => setting(env, { schema: name, fallback, remedy: nameRemedy });
const account = (env: string, fallback: string) =>
  setting(env, { schema: accountId, fallback, remedy: accountRemedy });
const optional = (
  env: string,
  schema: v.GenericSchema<string, string>,
  remedy: string,
  faultOf?: (text: string) => string | undefined,
) =>
  setting<string | undefined>(env, {
    ...{ schema, fallback: undefined, remedy },
    ...(faultOf === undefined ? {} : { faultOf }),
  });
const accountAddress = (env: string, remedy = 'set it to the address of a service account') =>
  optional(env, faultless(accountFault), remedy, accountFault);
const count = (env: string, min: number, max: number, fallback: number) =>
  setting(env, {
    schema: integer(min, max),
    fallback,
    remedy: `set it to a whole number from ${min} to ${max}`,
  });
const memoryOf = (env: string, fallback: string) =>
  setting(env, { schema: memory, fallback, remedy: 'set it to an amount such as 512Mi or 1Gi' });
const cpuOf = (env: string) =>
  setting(env, { schema: cpu, fallback: 1, remedy: 'set it to 1, 2, 4, 6 or 8' });

/** What the deployment itself is told; what relay and functions are told passes through, see runtime-env.ts. */
export const deploySettings = {
  projectId: setting('GCP_PROJECT_ID', {
    schema: faultless(projectFault),
    faultOf: projectFault,
    remedy: 'set it to the id (not the number) of the Google Cloud project, e.g. my-project',
  }),
  adminAccount: optional(
    'ADMIN_ACCOUNT',
    email,
    "set it to an account that gcloud is signed in with, or leave it out for gcloud's own",
  ),
  region: setting('SERVICE_REGION', {
    schema: faultless(regionFault),
    fallback: 'us-central1',
    faultOf: regionFault,
    remedy: 'set it to a region such as us-central1; gcloud run regions list names them all',
  }),
  suggestionTopic: topic('human-agent-assistant-event'),
  messageTopic: topic('new-message-event'),
  lifecycleTopic: topic('conversation-lifecycle-event'),
  recognitionTopic: topic('new-recognition-result-notification-event'),
  deadLetterTopic: setting('DEAD_LETTER_TOPIC_ID', {
    schema: topicId,
    fallback: 'aa-dead-letter-topic',
    faultOf: topicFault,
    remedy: 'set it to an id of at least 3 characters',
  }),
  profileId: optional(
    'CONVERSATION_PROFILE_ID',
    v.pipe(v.string(), v.regex(/^[\w-]{3,64}$/)),
    'set it to the id at the end of the name of a conversation profile, or to none',
  ),
  profileName: setting('CONVERSATION_PROFILE_NAME', {
    schema: v.pipe(v.string(), v.regex(/^[^\n]{1,1024}$/)),
    fallback: 'Agent Assist Relay',
    remedy: 'set it to the display name of a conversation profile',
  }),
  profileLocation: named('CONVERSATION_PROFILE_LOCATION', 'global'),
  relayName: named('CONNECTOR_SERVICE_NAME', 'ui-connector'),
  relayAccountName: account('CONNECTOR_SERVICE_ACCOUNT_NAME', 'ui-connector'),
  relayAccountId: optional('CONNECTOR_SERVICE_ACCOUNT_ID', accountId, accountRemedy),
  relayAccountEmail: accountAddress('CONNECTOR_SERVICE_ACCOUNT'),
  functionsAccountName: account('INTERCEPTOR_SERVICE_ACCOUNT_NAME', 'cloud-pubsub-interceptor'),
  functionsAccountId: optional('INTERCEPTOR_SERVICE_ACCOUNT_ID', accountId, accountRemedy),
  functionsAccountEmail: accountAddress('INTERCEPTOR_SERVICE_ACCOUNT'),
  invokerName: account('CLOUD_RUN_PUBSUB_INVOKER_NAME', 'cloud-run-pubsub-invoker'),
  buildAccountName: account('BUILD_SERVICE_ACCOUNT_NAME', 'aa-integration-build'),
  buildAccountEmail: accountAddress(
    'BUILD_SERVICE_ACCOUNT',
    'set it to the address of a service account of this project',
  ),
  jwtSecret: setting('JWT_SECRET_NAME', {
    schema: secretName,
    fallback: 'aa-integration-jwt-secret',
    remedy: 'set it to a name of letters, digits, hyphens and underscores',
  }),
  adminTokenSecret: setting('ADMIN_TOKEN_NAME', {
    schema: v.pipe(v.string(), v.regex(/^(?:projects\/[a-z0-9][a-z0-9.:-]*\/secrets\/)?[\w-]{1,255}$/)),
    fallback: 'aa-integration-admin-token',
    remedy: 'set it to the name of a secret, which is made if there is none, or to none for no admin routes',
  }),
  authorizerTokenSecret: optional(
    'AUTHORIZER_TOKEN_SECRET',
    secretName,
    'set it to the name of the secret that holds the token, or leave it out',
  ),
  vpcNetwork: named('VPC_NETWORK', 'default'),
  vpcSubnet: named('VPC_SUBNET', 'default'),
  vpcConnector: setting('VPC_CONNECTOR_NAME', {
    schema: faultless(connectorFault),
    fallback: 'aa-integration-vpc',
    faultOf: connectorFault,
    remedy: 'set it to at most 20 lower-case letters, digits and hyphens, where a hyphen counts twice',
  }),
  functionNetwork: setting<'connector' | 'direct'>('FUNCTION_NETWORK', {
    schema: v.picklist(['connector', 'direct']),
    fallback: 'connector',
    remedy: 'set it to connector (Serverless VPC Access) or direct (Direct VPC egress)',
  }),
  connectorRange: setting('REDIS_IP_RANGE', {
    schema: v.pipe(v.string(), v.regex(/^(\d{1,3}\.){3}\d{1,3}\/28$/)),
    fallback: '10.8.0.0/28',
    remedy: 'set it to an unused /28 range such as 10.8.0.0/28',
  }),
  redisInstance: named('REDIS_INSTANCE_ID', 'aa-integration-redis'),
  redisHost: optional('REDIS_HOST', text, 'set it to the address of an existing Redis, or leave it out'),
  redisPort: count('REDIS_PORT', 1, 65_535, 6379),
  redisCluster: sharedSettings.redisCluster,
  redisKind: setting<'instance' | 'cluster'>('REDIS_KIND', {
    schema: v.picklist(['instance', 'cluster']),
    fallback: 'instance',
    remedy: 'set it to instance (Memorystore for Redis) or cluster (Memorystore for Redis Cluster)',
  }),
  redisShards: count('REDIS_SHARDS', 1, 250, 3),
  redisReplicas: count('REDIS_REPLICAS', 0, 5, 1),
  redisNodeType: setting('REDIS_NODE_TYPE', {
    schema: v.picklist([
      'redis-shared-core-nano',
      'redis-standard-small',
      'redis-highmem-medium',
      'redis-highmem-xlarge',
    ]),
    fallback: 'redis-standard-small',
    remedy:
      'set it to redis-shared-core-nano, redis-standard-small, redis-highmem-medium or redis-highmem-xlarge',
  }),
  redisTier: setting<'standard' | 'basic'>('REDIS_TIER', {
    schema: v.picklist(['standard', 'basic']),
    fallback: 'standard',
    remedy: 'set it to standard (with a replica) or basic (without)',
  }),
  redisSizeGb: count('REDIS_SIZE_GB', 1, 300, 5),
  redisSecurity: setting<'plain' | 'tls-auth'>('REDIS_SECURITY', {
    schema: v.picklist(['plain', 'tls-auth']),
    fallback: 'tls-auth',
    remedy: 'set it to tls-auth or plain',
  }),
  deployFrom: setting<'source' | 'image'>('DEPLOY_FROM', {
    schema: v.picklist(['source', 'image']),
    fallback: 'source',
    remedy: 'set it to source (Cloud Run builds the relay) or image (the relay is a container image)',
  }),
  imageRepository: named('IMAGE_REPOSITORY', 'agent-assist-relay'),
  imageName: setting('CONNECTOR_IMAGE_NAME', {
    schema: v.pipe(v.string(), v.regex(/^[a-z0-9]+([._-][a-z0-9]+)*$/), v.maxLength(128)),
    fallback: 'ui-connector',
    remedy:
      'set it to lower-case letters and digits, with single hyphens, periods and underscores between them',
  }),
  relayImage: setting<string | undefined>('RELAY_IMAGE', {
    schema: faultless(imageFault),
    fallback: undefined,
    faultOf: imageFault,
    remedy:
      'set it to an image that exists, REGION-docker.pkg.dev/PROJECT/REPOSITORY/NAME:TAG or …@sha256:DIGEST, or leave it out',
  }),
  relayInvocation: setting<'allow-unauthenticated' | 'no-invoker-iam-check'>('RELAY_INVOCATION', {
    schema: v.picklist(['allow-unauthenticated', 'no-invoker-iam-check']),
    fallback: 'allow-unauthenticated',
    remedy:
      'set it to allow-unauthenticated or, where the organisation forbids allUsers, no-invoker-iam-check',
  }),
  relayTimeout: count('RELAY_TIMEOUT_SECONDS', 1, 86_400, 3600),
  relayConcurrency: count('RELAY_CONCURRENCY', 1, 100_000, 1000),
  relayMin: count('RELAY_MIN_INSTANCES', 0, 1000, 1),
  // As many as a new project's 20 CPUs are enough for, with the metrics sidecar of each.
  relayMax: count('RELAY_MAX_INSTANCES', 1, 1000, 18),
  relayCpu: cpuOf('RELAY_CPU'),
  relayMemory: memoryOf('RELAY_MEMORY', '1Gi'),
  monitoring: setting<'on' | 'off'>('MONITORING', {
    schema: v.picklist(['on', 'off']),
    fallback: 'on',
    remedy: 'set it to on (metrics in Cloud Monitoring) or off',
  }),
  functionSuffix: optional(
    'FUNCTION_NAME_SUFFIX',
    v.pipe(v.string(), v.regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/)),
    'set it to lower-case letters, digits and hyphens, or leave it out',
  ),
  functionTimeout: count('FUNCTION_TIMEOUT_SECONDS', 1, 86_400, 60),
  functionConcurrency: count('FUNCTION_CONCURRENCY', 1, 100_000, 80),
  functionMin: count('FUNCTION_MIN_INSTANCES', 0, 1000, 1),
  functionMax: count('FUNCTION_MAX_INSTANCES', 1, 1000, 20),
  functionCpu: cpuOf('FUNCTION_CPU'),
  functionMemory: memoryOf('FUNCTION_MEMORY', '512Mi'),
  notificationChannels: setting<readonly string[]>('NOTIFICATION_CHANNELS', {
    schema: v.pipe(faultless(channelsFault), v.transform(channelsIn)),
    fallback: [],
    faultOf: channelsFault,
    remedy:
      'set it to projects/PROJECT/notificationChannels/ID, several with commas between them; ' +
      'gcloud beta monitoring channels list names those that are there',
  }),
} satisfies Settings;

export type DeployConfig = Config<typeof deploySettings>;
