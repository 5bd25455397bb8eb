import type { EventKind } from '../../../shared/event.ts';
import type { DeploySettings } from '../settings.ts';
import { at, CONFIG_DIGEST, json, type Reading, type Step, type Task } from '../step.ts';
import { binding } from './predicates.ts';
import { PUBSUB_AGENT } from './project.ts';
import { REDIS_AUTH_SECRET, REDIS_CA_SECRET } from './secrets.ts';

/** Digests of the folders that are deployed, by folder: `dist/relay`, `dist/functions/KIND`. */
export type SourceDigests = Readonly<Record<string, string>>;

const DIGEST_LABEL = 'config-digest';
const RUNTIME = 'nodejs24';

const deployPermissions = [
  'iam.serviceAccounts.actAs',
  'cloudbuild.builds.create',
  'run.services.getIamPolicy',
  'run.services.setIamPolicy',
];

export function relayStep(settings: DeploySettings, digests: SourceDigests): Step {
  const { relayName, region, redisHost } = settings;
  const isPublic = settings.relayInvocation === 'allow-unauthenticated';
  return {
    key: 'relay',
    title: 'Deploy the relay',
    needs: ['accounts', 'jwt-secret', ...redisNeeds(settings)],
    permissions: [
      ...deployPermissions,
      'run.services.create',
      'run.services.get',
      'run.services.update',
      'artifactregistry.repositories.create',
      'storage.buckets.create',
      'storage.objects.create',
    ],
    tasks: [
      {
        title: `service ${relayName}${redisHost === undefined ? '' : ` with Redis at ${redisHost}`}`,
        reads: [['gcloud', 'run', 'services', 'describe', relayName, `--region=${region}`, '--format=json']],
        isDone: ([service], fill) =>
          isReady(service) && hasDigest(at(json(service), 'metadata', 'labels'), fill),
        sourceDigest: digests['dist/relay'] ?? '',
        change: {
          argv: [
            'gcloud',
            'run',
            'deploy',
            relayName,
            '--source=dist/relay',
            `--region=${region}`,
            `--service-account=${settings.relayAccount.email}`,
            isPublic ? '--allow-unauthenticated' : '--no-invoker-iam-check',
            '--ingress=all',
            '--session-affinity',
            `--timeout=${settings.relayTimeout}`,
            `--concurrency=${settings.relayConcurrency}`,
            `--min-instances=${settings.relayMin}`,
            `--max-instances=${settings.relayMax}`,
            `--cpu=${settings.relayCpu}`,
            `--memory=${settings.relayMemory}`,
            '--no-cpu-throttling',
            '--startup-probe=httpGet.path=/ready,periodSeconds=5,timeoutSeconds=4,failureThreshold=24',
            '--liveness-probe=httpGet.path=/health,periodSeconds=10,timeoutSeconds=5,failureThreshold=3',
            `--network=${settings.vpcNetwork}`,
            `--subnet=${settings.vpcSubnet}`,
            '--vpc-egress=private-ranges-only',
            envFlag({ ...settings.relayEnv, ...redisAddress(settings) }),
            secretsFlag(settings, `/secret/jwt_secret_key=${settings.jwtSecret}:latest`),
            `--update-labels=${DIGEST_LABEL}={{${CONFIG_DIGEST}}}`,
          ],
        },
      },
    ],
  };
}

export function functionsStep(settings: DeploySettings, digests: SourceDigests): Step {
  return {
    key: 'functions',
    title: 'Deploy the functions',
    needs: ['accounts', 'topics', 'connector', ...redisNeeds(settings)],
    permissions: [
      ...deployPermissions,
      'cloudfunctions.functions.create',
      'cloudfunctions.functions.get',
      'cloudfunctions.functions.update',
      'cloudfunctions.operations.get',
      'cloudfunctions.runtimes.list',
      'eventarc.triggers.create',
    ],
    tasks: [...settings.topics].flatMap(([kind, topic]) => [
      functionTask(settings, kind, topic, digests[`dist/functions/${kind}`] ?? ''),
      binding({
        title: `invoking ${kind} for the trigger account`,
        resource: ['run', 'services'],
        target: [kind, `--region=${settings.region}`],
        member: `serviceAccount:${settings.invokerAccount.email}`,
        role: 'roles/run.invoker',
      }),
    ]),
  };
}

/** Every flag on every deploy: one without `--retry` and `--trigger-service-account` resets both. */
function functionTask(settings: DeploySettings, kind: EventKind, topic: string, sourceDigest: string): Task {
  const { region } = settings;
  return {
    title: `function ${kind}`,
    reads: [['gcloud', 'functions', 'describe', kind, '--gen2', `--region=${region}`, '--format=json']],
    isDone: ([reading], fill) => {
      const deployed = json(reading);
      return (
        at(deployed, 'state') === 'ACTIVE' &&
        at(deployed, 'eventTrigger', 'retryPolicy') === 'RETRY_POLICY_RETRY' &&
        hasDigest(at(deployed, 'labels'), fill)
      );
    },
    sourceDigest,
    change: {
      argv: [
        'gcloud',
        'functions',
        'deploy',
        kind,
        '--gen2',
        `--runtime=${RUNTIME}`,
        `--region=${region}`,
        `--source=dist/functions/${kind}`,
        `--entry-point=${kind}`,
        `--trigger-topic=${topic}`,
        '--retry',
        `--trigger-service-account=${settings.invokerAccount.email}`,
        `--service-account=${settings.functionsAccount.email}`,
        '--ingress-settings=internal-only',
        `--vpc-connector=${settings.vpcConnector}`,
        '--egress-settings=private-ranges-only',
        `--timeout=${settings.functionTimeout}s`,
        `--concurrency=${settings.functionConcurrency}`,
        `--min-instances=${settings.functionMin}`,
        `--max-instances=${settings.functionMax}`,
        `--cpu=${settings.functionCpu}`,
        `--memory=${settings.functionMemory}`,
        envFlag({ ...settings.functionEnv, ...redisAddress(settings) }),
        ...(settings.redisSecurity === 'tls-auth' ? [secretsFlag(settings)] : ['--clear-secrets']),
        `--update-labels=${DIGEST_LABEL}={{${CONFIG_DIGEST}}}`,
      ],
    },
  };
}

/** Pub/Sub's limits for an ack deadline: 10 to 600 s. A function that may still be working must not be called again. */
function ackDeadline(settings: DeploySettings): number {
  return Math.max(10, settings.functionTimeout);
}

/**
 * Tunes the subscription that Eventarc made for each function. Its own first retry comes after 10 s, too late for a live
 * conversation, and it has no dead letters.
 */
export function subscriptionsStep(settings: DeploySettings): Step {
  const { deadLetterTopic, projectId } = settings;
  return {
    key: 'subscriptions',
    title: 'Tune the subscriptions of the functions',
    needs: ['topics', 'functions'],
    permissions: [
      'eventarc.triggers.get',
      'pubsub.subscriptions.get',
      'pubsub.subscriptions.update',
      'pubsub.subscriptions.getIamPolicy',
      'pubsub.subscriptions.setIamPolicy',
    ],
    tasks: [...settings.topics.keys()].flatMap((kind) => {
      const subscription = `{{${subscriptionLookup(kind)}}}`;
      return [
        {
          title: `subscription of ${kind}`,
          reads: [['gcloud', 'pubsub', 'subscriptions', 'describe', subscription, '--format=json']],
          isDone: ([reading]: readonly Reading[]) => {
            const found = json(reading);
            return (
              at(found, 'ackDeadlineSeconds') === ackDeadline(settings) &&
              at(found, 'retryPolicy', 'minimumBackoff') === '1s' &&
              at(found, 'retryPolicy', 'maximumBackoff') === '60s' &&
              at(found, 'deadLetterPolicy', 'deadLetterTopic') ===
                `projects/${projectId}/topics/${deadLetterTopic}` &&
              at(found, 'deadLetterPolicy', 'maxDeliveryAttempts') === 20 &&
              // "never" is a policy without a ttl; no policy at all means 31 days.
              at(found, 'expirationPolicy') !== undefined &&
              at(found, 'expirationPolicy', 'ttl') === undefined
            );
          },
          change: {
            argv: [
              'gcloud',
              'pubsub',
              'subscriptions',
              'update',
              subscription,
              `--ack-deadline=${ackDeadline(settings)}`,
              '--min-retry-delay=1s',
              '--max-retry-delay=60s',
              `--dead-letter-topic=${deadLetterTopic}`,
              '--max-delivery-attempts=20',
              '--expiration-period=never',
            ],
          },
        },
        binding({
          title: `dead letters of ${kind} for Pub/Sub`,
          resource: ['pubsub', 'subscriptions'],
          target: [subscription],
          member: PUBSUB_AGENT,
          role: 'roles/pubsub.subscriber',
        }),
      ];
    }),
  };
}

/** The name of the lookup that finds the trigger's subscription. */
export function subscriptionLookup(kind: EventKind): string {
  return `SUBSCRIPTION_${kind.toUpperCase().replaceAll('-', '_')}`;
}

function redisNeeds({ redisHost, redisSecurity }: DeploySettings): string[] {
  if (redisHost !== undefined) return [];
  return redisSecurity === 'tls-auth' ? ['redis', 'redis-secrets'] : ['redis'];
}

function redisAddress({ redisHost, redisPort }: DeploySettings): Record<string, string> {
  if (redisHost !== undefined) return { REDISHOST: redisHost, REDISPORT: String(redisPort) };
  return { REDISHOST: '{{REDIS_HOST}}', REDISPORT: '{{REDIS_PORT}}' };
}

/** gcloud splits at commas unless told otherwise, and lists of origins have commas. */
function envFlag(env: Readonly<Record<string, string>>): string {
  return `--set-env-vars=^~~^${Object.entries(env)
    .map(([name, value]) => `${name}=${value}`)
    .join('~~')}`;
}

function secretsFlag({ redisSecurity }: DeploySettings, ...others: string[]): string {
  const ofRedis =
    redisSecurity === 'tls-auth'
      ? [
          `REDIS_AUTH=${REDIS_AUTH_SECRET}:{{REDIS_AUTH_VERSION}}`,
          `REDIS_TLS_CA=${REDIS_CA_SECRET}:{{REDIS_CA_VERSION}}`,
        ]
      : [];
  return `--set-secrets=${[...ofRedis, ...others].join(',')}`;
}

function hasDigest(labels: unknown, fill: (template: string) => string): boolean {
  return at(labels, DIGEST_LABEL) === fill(`{{${CONFIG_DIGEST}}}`);
}

function isReady(service: Reading | undefined): boolean {
  const conditions = at(json(service), 'status', 'conditions');
  if (!Array.isArray(conditions)) return false;
  return conditions.some((entry: unknown) => at(entry, 'type') === 'Ready' && at(entry, 'status') === 'True');
}
