import type { EventKind } from '../../../shared/event.ts';
import type { DeploySettings } from '../settings.ts';
import { at, json, type Reading, type Step, type Task } from '../step.ts';
import {
  deployPermissions,
  digestFlag,
  envFlag,
  redisAddress,
  redisNeeds,
  type SourceDigests,
  secretsFlag,
  sourcePermissions,
} from './deploy-flags.ts';
import { invokerBinding, RUNTIME } from './functions.ts';
import { OWNED_FLAG, undoLabelled } from './ownership.ts';
import { directEgressFlags, runServiceTask } from './relay.ts';

/** The same functions as Cloud Run services with Direct VPC egress, each with an Eventarc trigger of its own. */
export function directFunctionsStep(settings: DeploySettings, digests: SourceDigests): Step {
  return {
    key: 'functions',
    title: 'Deploy the functions with Direct VPC egress',
    needs: ['accounts', 'topics', ...redisNeeds(settings)],
    permissions: [
      ...deployPermissions,
      ...sourcePermissions,
      'compute.subnetworks.use',
      'eventarc.triggers.create',
      'eventarc.triggers.get',
      'eventarc.operations.get',
    ],
    tasks: [...settings.topics].flatMap(([kind, topic]) => [
      serviceTask(settings, kind, digests[`dist/functions/${kind}`] ?? ''),
      invokerBinding(settings, kind),
      triggerTask(settings, kind, topic),
    ]),
  };
}

function serviceTask(settings: DeploySettings, kind: EventKind, sourceDigest: string): Task {
  const { region } = settings;
  return runServiceTask({
    title: `function ${kind}`,
    name: kind,
    region,
    sourceDigest,
    flags: [
      `--source=dist/functions/${kind}`,
      `--function=${kind}`,
      `--base-image=${RUNTIME}`,
      `--region=${region}`,
      `--service-account=${settings.functionsAccount.email}`,
      '--no-allow-unauthenticated',
      '--ingress=internal',
      `--timeout=${settings.functionTimeout}`,
      `--concurrency=${settings.functionConcurrency}`,
      `--min-instances=${settings.functionMin}`,
      `--max-instances=${settings.functionMax}`,
      `--cpu=${settings.functionCpu}`,
      `--memory=${settings.functionMemory}`,
      ...directEgressFlags(settings),
      envFlag({ ...settings.functionEnv, ...redisAddress(settings) }),
      secretsFlag(settings),
      digestFlag,
    ],
  });
}

function triggerTask(settings: DeploySettings, kind: EventKind, topic: string): Task {
  const { region, projectId, invokerAccount } = settings;
  const target = [kind, `--location=${region}`];
  const transport = `projects/${projectId}/topics/${topic}`;
  const read = ['gcloud', 'eventarc', 'triggers', 'describe', ...target, '--format=json'];
  const differences = ([reading]: readonly Reading[]) => {
    if (reading?.found !== true) return ['is not there'];
    const trigger = json(reading);
    return [
      ...(at(trigger, 'transport', 'pubsub', 'topic') === transport ? [] : [`is not on ${topic}`]),
      ...(at(trigger, 'serviceAccount') === invokerAccount.email
        ? []
        : [`does not call as ${invokerAccount.email}`]),
    ];
  };
  return {
    title: `trigger of ${kind}`,
    reads: [read],
    isDone: (readings) => differences(readings).length === 0,
    differences,
    change: {
      argv: [
        'gcloud',
        'eventarc',
        'triggers',
        'create',
        ...target,
        '--event-filters=type=google.cloud.pubsub.topic.v1.messagePublished',
        `--transport-topic=${transport}`,
        `--destination-run-service=${kind}`,
        `--destination-run-region=${region}`,
        `--service-account=${invokerAccount.email}`,
        OWNED_FLAG,
      ],
    },
    undo: undoLabelled(`trigger ${kind} and its subscription`, read, [
      'gcloud',
      'eventarc',
      'triggers',
      'delete',
      ...target,
    ]),
  };
}
