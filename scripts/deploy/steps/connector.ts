import { at, json, lastPart, type Reading, type Step } from '../../gcloud/step.ts';
import type { DeploySettings } from '../settings/deploy-settings.ts';
import { note, notePermissions, noteTopic } from './notes.ts';
import { sharesProject } from './ownership.ts';

/**
 * A connector takes no labels, so that a deployment makes it is noted first. Nothing is noted for one that is there
 * already.
 */
export function connectorStep(settings: DeploySettings): Step {
  const { vpcConnector, region, vpcNetwork, connectorRange } = settings;
  const connectors = ['gcloud', 'compute', 'networks', 'vpc-access', 'connectors'];
  const target = [vpcConnector, `--region=${region}`];
  const read = [...connectors, 'describe', ...target, '--format=json'];
  const made = note(noteTopic(settings), 'made-connector', vpcConnector);
  return {
    key: 'connector',
    title: 'Create the Serverless VPC Access connector of the functions',
    needs: ['apis', 'topics'],
    permissions: [
      'vpcaccess.connectors.create',
      'vpcaccess.connectors.get',
      'vpcaccess.operations.get',
      ...notePermissions,
    ],
    tasks: [
      {
        title: `note that connector ${vpcConnector} is made here`,
        reads: [read, made.read],
        isDone: ([connector, topic]) => connector?.found === true || made.isIn(topic),
        change: { argv: made.write },
      },
      {
        title: `connector ${vpcConnector}`,
        reads: [read],
        isDone: ([connector]) => at(json(connector), 'state') === 'READY',
        drift: ([connector]) => fixedDifferences(connector, settings),
        change: {
          argv: [
            ...[...connectors, 'create', ...target, `--network=${vpcNetwork}`, `--range=${connectorRange}`],
            // A connector grows and never shrinks, and gcloud's own choice is up to 10 machines. Sources: gcloud's help of
            // this command; "Configure Serverless VPC Access connectors", "Throughput and scaling".
            ...['--min-instances=2', '--max-instances=3'],
          ],
        },
        undo: {
          title: `connector ${vpcConnector}`,
          reads: [read, made.read],
          owner: ([connector, topic]) => {
            if (connector?.found !== true) return 'gone';
            return made.isIn(topic) ? 'ours' : 'theirs';
          },
          argv: [...connectors, 'delete', ...target],
          permissions: ['vpcaccess.connectors.delete', 'vpcaccess.operations.get'],
          isShared: sharesProject(settings),
        },
      },
    ],
  };
}

/** A connector keeps its network and its range. */
function fixedDifferences(
  reading: Reading | undefined,
  { vpcNetwork, connectorRange }: DeploySettings,
): string[] {
  const connector = json(reading);
  const facts: readonly (readonly [found: unknown, wanted: string, variable: string])[] = [
    [at(connector, 'network'), vpcNetwork, 'VPC_NETWORK'],
    [at(connector, 'ipCidrRange'), connectorRange, 'REDIS_IP_RANGE'],
  ];
  return facts
    .filter(([found, wanted]) => found !== undefined && found !== wanted && lastPart(found) !== wanted)
    .map(
      ([found, wanted, variable]) =>
        `has ${String(found)}, and ${variable} is ${wanted}: set VPC_CONNECTOR_NAME to another name for a new connector`,
    );
}
