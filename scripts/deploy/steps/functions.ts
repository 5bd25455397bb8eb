import type { EventKind } from '../../../shared/event.ts';
import { at, json, type Reading, type Step, type Task } from '../../gcloud/step.ts';
import type { DeploySettings } from '../settings/deploy-settings.ts';
import { functionName } from '../settings/names.ts';
import {
  deployPermissions,
  digestDifferences,
  functionFlags,
  redisNeeds,
  type SourceDigests,
  undoDeployed,
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
      // For the upload of the folder. gcloud also lists the runtimes, which takes no permission since March 2024. Source:
      // Cloud Run functions, "Cloud Functions IAM permissions".
      'cloudfunctions.functions.sourceCodeSet',
      'cloudfunctions.functions.update',
      'cloudfunctions.operations.get',
      'eventarc.triggers.create',
    ],
    tasks: [...settings.topics].flatMap(([kind, topic]) => [
      functionTask(settings, kind, topic, digests[`dist/functions/${kind}`] ?? ''),
      invokerBinding(settings, kind),
    ]),
  };
}

/** The one role that the triggers' account has: to call this one service. */
export function invokerBinding(settings: DeploySettings, kind: EventKind): Task {
  const name = functionName(settings, kind);
  return binding({
    title: `invoking ${name} for the trigger account`,
    resource: ['run', 'services'],
    target: [name, `--region=${settings.region}`],
    member: `serviceAccount:${settings.invokerAccount.email}`,
    role: 'roles/run.invoker',
  });
}

/** Every flag on every deploy: one without `--retry` and `--trigger-service-account` resets both. */
function functionTask(settings: DeploySettings, kind: EventKind, topic: string, sourceDigest: string): Task {
  const name = functionName(settings, kind);
  const target = [name, '--gen2', `--region=${settings.region}`];
  const read = ['gcloud', 'functions', 'describe', ...target, '--format=json'];
  return {
    title: `function ${name}`,
    reads: [read],
    isDone: (readings, fill) => functionDifferences(readings, fill).length === 0,
    differences: functionDifferences,
    sourceDigest,
    change: {
      argv: [
        'gcloud',
        'functions',
        'deploy',
        ...target,
        `--runtime=${RUNTIME}`,
        `--source=dist/functions/${kind}`,
        `--entry-point=${kind}`,
        `--trigger-topic=${topic}`,
        '--retry',
        `--trigger-service-account=${settings.invokerAccount.email}`,
        '--ingress-settings=internal-only',
        `--vpc-connector=${settings.vpcConnector}`,
        '--egress-settings=private-ranges-only',
        // After a roll-back by hand no later revision would get traffic. Source: gcloud's help of this flag.
        '--serve-all-traffic-latest-revision',
        ...functionFlags(settings),
      ],
    },
    // Eventarc's trigger and its subscription go with it.
    undo: undoDeployed({
      title: `function ${name}, its trigger and its subscription`,
      read,
      labelsOf: (found) => at(found, 'labels'),
      argv: ['gcloud', 'functions', 'delete', ...target],
      permissions: [
        'cloudfunctions.functions.delete',
        'cloudfunctions.operations.get',
        'eventarc.triggers.delete',
      ],
    }),
  };
}

function functionDifferences([reading]: readonly Reading[], fill: (template: string) => string): string[] {
  if (reading?.found !== true) return ['is not there'];
  const deployed = json(reading);
  const state = at(deployed, 'state');
  const isPinned = at(deployed, 'serviceConfig', 'allTrafficOnLatestRevision') === false;
  const isRetried = at(deployed, 'eventTrigger', 'retryPolicy') === 'RETRY_POLICY_RETRY';
  return [
    ...(state === 'ACTIVE' ? [] : [`is ${String(state)}, not ACTIVE`]),
    ...(isRetried ? [] : ['has its retries switched off']),
    ...(isPinned ? ['does not send all traffic to its newest revision'] : []),
    ...digestDifferences(at(deployed, 'labels'), fill),
  ];
}
