import type { DeploySettings } from '../settings.ts';
import { at, json, type Reading, type Step } from '../step.ts';

const MADE_CONNECTOR = 'made-connector';

/**
 * A connector takes no labels, so that a deployment makes it is noted first, on the dead-letter topic. Nothing is noted
 * for one that is there already.
 */
export function connectorStep(settings: DeploySettings): Step {
  const { vpcConnector, region, vpcNetwork, connectorRange, deadLetterTopic } = settings;
  const connectors = ['gcloud', 'compute', 'networks', 'vpc-access', 'connectors'];
  const target = [vpcConnector, `--region=${region}`];
  const read = [...connectors, 'describe', ...target, '--format=json'];
  const readNote = ['gcloud', 'pubsub', 'topics', 'describe', deadLetterTopic, '--format=json'];
  const isNoted = (topic: Reading | undefined) => at(json(topic), 'labels', MADE_CONNECTOR) === vpcConnector;
  return {
    key: 'connector',
    title: 'Create the Serverless VPC Access connector of the functions',
    needs: ['apis', 'topics'],
    permissions: [
      'vpcaccess.connectors.create',
      'vpcaccess.connectors.get',
      'vpcaccess.operations.get',
      'pubsub.topics.get',
      'pubsub.topics.update',
    ],
    tasks: [
      {
        title: `note that connector ${vpcConnector} is made here`,
        reads: [read, readNote],
        isDone: ([connector, topic]) => connector?.found === true || isNoted(topic),
        change: {
          argv: [
            'gcloud',
            'pubsub',
            'topics',
            'update',
            deadLetterTopic,
            `--update-labels=${MADE_CONNECTOR}=${vpcConnector}`,
          ],
        },
      },
      {
        title: `connector ${vpcConnector}`,
        reads: [read],
        isDone: ([connector]) => at(json(connector), 'state') === 'READY',
        change: {
          argv: [...connectors, 'create', ...target, `--network=${vpcNetwork}`, `--range=${connectorRange}`],
        },
        undo: {
          title: `connector ${vpcConnector}`,
          reads: [read, readNote],
          owner: ([connector, topic]) => {
            if (connector?.found !== true) return 'gone';
            return isNoted(topic) ? 'ours' : 'theirs';
          },
          argv: [...connectors, 'delete', ...target],
        },
      },
    ],
  };
}
