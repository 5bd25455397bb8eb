import { nearest } from '../cli/nearest.ts';
import { UsageError } from '../cli/usage-error.ts';
import { withProject } from '../gcloud/project.ts';
import type { Argv, Lookup, Plan, Task } from '../gcloud/step.ts';
import { type DeploySettings, usesOwnCluster, usesOwnRedis } from './settings/deploy-settings.ts';
import { alertsStep } from './steps/alerts.ts';
import { connectorStep } from './steps/connector.ts';
import type { SourceDigests } from './steps/deploy-flags.ts';
import { directFunctionsStep } from './steps/direct-functions.ts';
import { functionsStep } from './steps/functions.ts';
import { logMetricsStep } from './steps/log-metrics.ts';
import { metricsConfigStep, metricsLookups } from './steps/metrics-sidecar.ts';
import { profileStep } from './steps/profile.ts';
import { accountsStep, apisStep } from './steps/project.ts';
import { redisStep } from './steps/redis.ts';
import { describeCluster, redisClusterStep } from './steps/redis-cluster.ts';
import { relayStep } from './steps/relay.ts';
import { relaySource } from './steps/relay-image.ts';
import {
  adminTokenStep,
  jwtSecretStep,
  makesAdminToken,
  newestVersion,
  redisSecrets,
  redisSecretsStep,
} from './steps/secrets.ts';
import { subscriptionsStep, triggerLookups } from './steps/subscriptions.ts';
import { topicsStep } from './steps/topics.ts';

/** All steps that a deployment may have, in order; which of them it has follows from the settings. */
export const STEP_KEYS = [
  'apis',
  'accounts',
  'topics',
  'jwt-secret',
  'admin-token',
  'metrics-config',
  'redis',
  'redis-secrets',
  'connector',
  'relay',
  'functions',
  'subscriptions',
  'log-metrics',
  'profile',
  'alerts',
] as const;

/** Everything that a deployment does, in order. Pure: it reads nothing but its arguments. */
export function plan(settings: DeploySettings, digests: SourceDigests): Plan {
  const ownRedis = usesOwnRedis(settings);
  const isCluster = usesOwnCluster(settings);
  const isDirect = settings.functionNetwork === 'direct';
  const hasMetrics = settings.monitoring === 'on';
  const steps = [
    apisStep(settings),
    accountsStep(settings),
    topicsStep(settings),
    jwtSecretStep(settings),
    ...(makesAdminToken(settings) ? [adminTokenStep(settings)] : []),
    ...(hasMetrics ? [metricsConfigStep(settings)] : []),
    ...(ownRedis ? [isCluster ? redisClusterStep(settings) : redisStep(settings)] : []),
    ...(ownRedis && settings.redisSecurity === 'tls-auth' ? [redisSecretsStep(settings)] : []),
    ...(isDirect ? [] : [connectorStep(settings)]),
    relayStep(settings, digests),
    isDirect ? directFunctionsStep(settings, digests) : functionsStep(settings, digests),
    subscriptionsStep(settings),
    ...(hasMetrics ? [logMetricsStep(settings)] : []),
    ...(settings.profileId === 'none' ? [] : [profileStep(settings)]),
    alertsStep(settings),
  ];
  return {
    steps: steps.map((step) => ({ ...step, tasks: step.tasks.map((task) => forProject(task, settings)) })),
    lookups: lookups(settings, digests),
  };
}

function lookups(settings: DeploySettings, digests: SourceDigests): Record<string, Lookup> {
  const { region, redisInstance, projectId } = settings;
  const { auth, authority } = redisSecrets(settings);
  const instance = ['gcloud', 'redis', 'instances', 'describe', redisInstance, `--region=${region}`];
  const found: Record<string, Argv> = {
    PROJECT_NUMBER: ['gcloud', 'projects', 'describe', projectId, '--format=value(projectNumber)'],
    ...(usesOwnCluster(settings)
      ? {
          REDIS_HOST: [...describeCluster(settings), '--format=value(discoveryEndpoints[0].address)'],
          REDIS_PORT: [...describeCluster(settings), '--format=value(discoveryEndpoints[0].port)'],
        }
      : {
          REDIS_HOST: [...instance, '--format=value(host)'],
          REDIS_PORT: [...instance, '--format=value(port)'],
        }),
    REDIS_AUTH_VERSION: newestVersion(auth),
    REDIS_CA_VERSION: newestVersion(authority),
  };
  for (const kind of settings.topics.keys()) Object.assign(found, triggerLookups(settings, kind));
  const all: [name: string, lookup: Lookup][] = [
    ...Object.entries(found).map(([name, argv]): [string, Lookup] => [name, { argv }]),
    ...Object.entries(relaySource(settings, digests).lookups),
    ...Object.entries(metricsLookups(settings)),
  ];
  return Object.fromEntries(
    all.map(([name, lookup]) => [name, { ...lookup, argv: withProject(lookup.argv, settings) }]),
  );
}

function forProject(task: Task, settings: DeploySettings): Task {
  const { preview, undo } = task;
  const { argv, input } = task.change;
  return {
    ...task,
    reads: task.reads.map((read) => withProject(read, settings)),
    change: {
      argv: withProject(argv, settings),
      ...(input === undefined
        ? {}
        : {
            input: input.from === 'command' ? { ...input, argv: withProject(input.argv, settings) } : input,
          }),
    },
    ...(preview === undefined ? {} : { preview: withProject(preview, settings) }),
    ...(undo === undefined
      ? {}
      : {
          undo: {
            ...undo,
            reads: undo.reads.map((read) => withProject(read, settings)),
            argv: withProject(undo.argv, settings),
          },
        }),
  };
}

/** The plan with the step of `--only` alone. @throws {UsageError} when the plan has no such step. */
export function withOnly(plan: Plan, key: string | undefined): Plan {
  if (key === undefined) return plan;
  const steps = plan.steps.filter((step) => step.key === key);
  if (steps.length > 0) return { ...plan, steps };
  const keys = plan.steps.map((step) => step.key);
  if (/[\s,;]/.test(key)) throw new UsageError(`--only takes one step: use one of ${keys.join(', ')}`);
  if (STEP_KEYS.some((each) => each === key))
    throw new UsageError(
      `--only: these settings do without the step "${key}": use one of ${keys.join(', ')}`,
    );
  const meant = nearest(key, keys);
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  throw new UsageError(`--only: there is no step "${key}": use one of ${keys.join(', ')}${hint}`);
}
