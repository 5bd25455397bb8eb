import type { DeploySettings } from '../settings.ts';
import { at, json, type Step } from '../step.ts';

export function redisStep(settings: DeploySettings): Step {
  const { redisInstance, region, redisTier, redisSizeGb, redisSecurity, vpcNetwork } = settings;
  return {
    key: 'redis',
    title: 'Create the Memorystore instance (about ten minutes)',
    needs: ['apis'],
    permissions: [
      'redis.instances.create',
      'redis.instances.get',
      'redis.operations.get',
      'compute.networks.list',
    ],
    tasks: [
      {
        title: `Redis instance ${redisInstance}`,
        reads: [
          ['gcloud', 'redis', 'instances', 'describe', redisInstance, `--region=${region}`, '--format=json'],
        ],
        // One that is still being made is not done, and the create that follows answers that it exists; see run.ts.
        isDone: ([instance]) => at(json(instance), 'state') === 'READY',
        change: {
          argv: [
            'gcloud',
            'redis',
            'instances',
            'create',
            redisInstance,
            `--region=${region}`,
            `--tier=${redisTier}`,
            `--size=${redisSizeGb}`,
            `--network=${vpcNetwork}`,
            ...(redisSecurity === 'tls-auth'
              ? ['--enable-auth', '--transit-encryption-mode=server-authentication']
              : []),
          ],
        },
      },
    ],
  };
}

export function connectorStep(settings: DeploySettings): Step {
  const { vpcConnector, region, vpcNetwork, connectorRange } = settings;
  const target = [vpcConnector, `--region=${region}`];
  return {
    key: 'connector',
    title: 'Create the Serverless VPC Access connector of the functions',
    needs: ['apis'],
    permissions: ['vpcaccess.connectors.create', 'vpcaccess.connectors.get', 'vpcaccess.operations.get'],
    tasks: [
      {
        title: `connector ${vpcConnector}`,
        reads: [
          [
            'gcloud',
            'compute',
            'networks',
            'vpc-access',
            'connectors',
            'describe',
            ...target,
            '--format=json',
          ],
        ],
        isDone: ([connector]) => at(json(connector), 'state') === 'READY',
        change: {
          argv: [
            'gcloud',
            'compute',
            'networks',
            'vpc-access',
            'connectors',
            'create',
            ...target,
            `--network=${vpcNetwork}`,
            `--range=${connectorRange}`,
          ],
        },
      },
    ],
  };
}
