import type { EventKind } from '../../../shared/event.ts';
import type { DeploySettings } from '../settings.ts';
import { at, json, type Reading, type Step, type Task } from '../step.ts';
import {
  deployPermissions,
  digestDifferences,
  digestFlag,
  envFlag,
  hasAnyDigest,
  redisAddress,
  redisNeeds,
  type SourceDigests,
  secretsFlag,
} from './deploy-flags.ts';
import { binding } from './predicates.ts';

export const RUNTIME = 'nodejs24';

/** Functions that reach the network through a connector: `gcloud functions deploy` has no flags for Direct VPC egress. */
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
      invokerBinding(settings, kind),
    ]),
  };
}

/** The one role that the triggers' account has: to call this one service. */
export function invokerBinding({ region, invokerAccount }: DeploySettings, kind: EventKind): Task {
  return binding({
    title: `invoking ${kind} for the trigger account`,
    resource: ['run', 'services'],
    target: [kind, `--region=${region}`],
    member: `serviceAccount:${invokerAccount.email}`,
    role: 'roles/run.invoker',
  });
}

/** Every flag on every deploy: one without `--retry` and `--trigger-service-account` resets both. */
function functionTask(settings: DeploySettings, kind: EventKind, topic: string, sourceDigest: string): Task {
  const { region } = settings;
  const target = [kind, '--gen2', `--region=${region}`];
  const read = ['gcloud', 'functions', 'describe', ...target, '--format=json'];
  return {
    title: `function ${kind}`,
    reads: [read],
    isDone: (readings, fill) => functionDifferences(readings, fill).length === 0,
    differences: functionDifferences,
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
        secretsFlag(settings),
        digestFlag,
      ],
    },
    // Eventarc's trigger and its subscription go with it.
    undo: {
      title: `function ${kind}, its trigger and its subscription`,
      reads: [read],
      owner: ([reading]) => {
        if (reading?.found !== true) return 'gone';
        return hasAnyDigest(at(json(reading), 'labels')) ? 'ours' : 'theirs';
      },
      argv: ['gcloud', 'functions', 'delete', ...target],
    },
  };
}

function functionDifferences([reading]: readonly Reading[], fill: (template: string) => string): string[] {
  if (reading?.found !== true) return ['is not there'];
  const deployed = json(reading);
  const state = at(deployed, 'state');
  const isRetried = at(deployed, 'eventTrigger', 'retryPolicy') === 'RETRY_POLICY_RETRY';
  return [
    ...(state === 'ACTIVE' ? [] : [`is ${String(state)}, not ACTIVE`]),
    ...(isRetried ? [] : ['has its retries switched off']),
    ...digestDifferences(at(deployed, 'labels'), fill),
  ];
}
