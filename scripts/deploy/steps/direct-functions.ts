import type { EventKind } from '../../../shared/event.ts';
import { at, json, type Reading, type Step, type Task } from '../../gcloud/step.ts';
import type { DeploySettings } from '../settings/deploy-settings.ts';
import { functionName } from '../settings/names.ts';
import { deployPermissions, functionFlags, redisNeeds, type SourceDigests } from './deploy-flags.ts';
import { invokerBinding, RUNTIME } from './functions.ts';
import { OWNED_FLAG, undoLabelled } from './ownership.ts';
import { directEgressFlags, runServiceTask, sourcePermissions, trafficTask } from './run-service.ts';

/** The same functions as Cloud Run services with Direct VPC egress, each with an Eventarc trigger of its own. */
export function directFunctionsStep(settings: DeploySettings, digests: SourceDigests): Step {
  return {
    key: 'functions',
    title: 'Deploy the functions with Direct VPC egress',
    needs: ['accounts', 'topics', ...redisNeeds(settings)],
    permissions: [
      ...deployPermissions,
      ...sourcePermissions,
      'eventarc.triggers.create',
      'eventarc.triggers.get',
      'eventarc.operations.get',
    ],
    tasks: [...settings.topics].flatMap(([kind, topic]) => [
      serviceTask(settings, kind, digests[`dist/functions/${kind}`] ?? ''),
      trafficTask(functionName(settings, kind), settings.region),
      invokerBinding(settings, kind),
      triggerTask(settings, kind, topic),
    ]),
  };
}

function serviceTask(settings: DeploySettings, kind: EventKind, sourceDigest: string): Task {
  const name = functionName(settings, kind);
  return runServiceTask({
    title: `function ${name}`,
    name,
    region: settings.region,
    sourceDigest,
    flags: [
      `--source=dist/functions/${kind}`,
      `--function=${kind}`,
      `--base-image=${RUNTIME}`,
      '--no-allow-unauthenticated',
      '--ingress=internal',
      ...directEgressFlags(settings),
      ...functionFlags(settings),
    ],
  });
}

function triggerTask(settings: DeploySettings, kind: EventKind, topic: string): Task {
  const { region, projectId, invokerAccount } = settings;
  const name = functionName(settings, kind);
  const triggers = ['gcloud', 'eventarc', 'triggers'];
  const target = [name, `--location=${region}`];
  const transport = `projects/${projectId}/topics/${topic}`;
  const read = [...triggers, 'describe', ...target, '--format=json'];
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
    title: `trigger of ${name}`,
    reads: [read],
    isDone: (readings) => differences(readings).length === 0,
    differences,
    change: {
      argv: [
        ...[...triggers, 'create', ...target],
        '--event-filters=type=google.cloud.pubsub.topic.v1.messagePublished',
        `--transport-topic=${transport}`,
        `--destination-run-service=${name}`,
        `--destination-run-region=${region}`,
        `--service-account=${invokerAccount.email}`,
        OWNED_FLAG,
      ],
    },
    undo: undoLabelled({
      title: `trigger ${name} and its subscription`,
      read,
      argv: [...triggers, 'delete', ...target],
      permissions: ['eventarc.triggers.delete', 'eventarc.operations.get'],
    }),
  };
}
