import type { DeploySettings } from './settings.ts';
import type { Argv, Lookup, Plan, Step, Task } from './step.ts';
import { accountsStep, apisStep } from './steps/project.ts';
import { connectorStep, redisStep } from './steps/redis.ts';
import {
  jwtSecretStep,
  newestVersion,
  REDIS_AUTH_SECRET,
  REDIS_CA_SECRET,
  redisSecretsStep,
} from './steps/secrets.ts';
import {
  functionsStep,
  relayStep,
  type SourceDigests,
  subscriptionLookup,
  subscriptionsStep,
} from './steps/services.ts';
import { topicsStep } from './steps/topics.ts';

/** Everything that a deployment does, in order. Pure: it reads nothing but its arguments. */
export function plan(settings: DeploySettings, digests: SourceDigests): Plan {
  const ownRedis = settings.redisHost === undefined;
  const steps = [
    apisStep(),
    accountsStep(settings),
    topicsStep(settings),
    jwtSecretStep(settings),
    ...(ownRedis ? [redisStep(settings)] : []),
    ...(ownRedis && settings.redisSecurity === 'tls-auth' ? [redisSecretsStep(settings)] : []),
    connectorStep(settings),
    relayStep(settings, digests),
    functionsStep(settings, digests),
    subscriptionsStep(settings),
  ];
  return {
    steps: steps.map((step) => ({ ...step, tasks: step.tasks.map((task) => forProject(task, settings)) })),
    lookups: lookups(settings),
  };
}

function lookups(settings: DeploySettings): Record<string, Lookup> {
  const { region, redisInstance, projectId } = settings;
  const instance = ['gcloud', 'redis', 'instances', 'describe', redisInstance, `--region=${region}`];
  const found: Record<string, Argv> = {
    PROJECT_NUMBER: ['gcloud', 'projects', 'describe', projectId, '--format=value(projectNumber)'],
    REDIS_HOST: [...instance, '--format=value(host)'],
    REDIS_PORT: [...instance, '--format=value(port)'],
    REDIS_AUTH_VERSION: newestVersion(REDIS_AUTH_SECRET),
    REDIS_CA_VERSION: newestVersion(REDIS_CA_SECRET),
  };
  for (const kind of settings.topics.keys()) {
    const trigger = subscriptionLookup(kind).replace('SUBSCRIPTION', 'TRIGGER');
    found[trigger] = [
      'gcloud',
      'functions',
      'describe',
      kind,
      '--gen2',
      `--region=${region}`,
      '--format=value(eventTrigger.trigger)',
    ];
    found[subscriptionLookup(kind)] = [
      'gcloud',
      'eventarc',
      'triggers',
      'describe',
      `{{${trigger}}}`,
      '--format=value(transport.pubsub.subscription)',
    ];
  }
  return Object.fromEntries(
    Object.entries(found).map(([name, argv]) => [name, { argv: withProject(argv, settings) }]),
  );
}

/** Each command names the project, so that whatever gcloud is configured to cannot lead it elsewhere. */
function withProject(argv: Argv, { projectId, adminAccount }: DeploySettings): Argv {
  return [
    ...argv,
    `--project=${projectId}`,
    ...(adminAccount === undefined ? [] : [`--account=${adminAccount}`]),
    '--quiet',
  ];
}

function forProject(task: Task, settings: DeploySettings): Task {
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
  };
}

/** The steps that remain with `--only`. @throws {Error} when there is no such step. */
export function stepNamed(plan: Plan, key: string): Step {
  const step = plan.steps.find((candidate) => candidate.key === key);
  if (step === undefined)
    throw new Error(`there is no step "${key}": use one of ${plan.steps.map((each) => each.key).join(', ')}`);
  return step;
}
