import { at, json, type Step } from '../../gcloud/step.ts';
import type { DeploySettings } from '../settings/deploy-settings.ts';
import { OWNED_FLAG, sharesProject, undoLabelled } from './ownership.ts';

/** A full Redis takes no event, and Pub/Sub delivers it again once there is room. */
export const EVICTION_POLICY = 'noeviction';

export function redisStep(settings: DeploySettings): Step {
  const { redisInstance, region, redisTier, redisSizeGb, redisSecurity, vpcNetwork } = settings;
  const target = [redisInstance, `--region=${region}`];
  const read = ['gcloud', 'redis', 'instances', 'describe', ...target, '--format=json'];
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
        reads: [read],
        // One that is still being made is not done, and the create that follows answers that it exists; see run.ts.
        isDone: ([instance]) => at(json(instance), 'state') === 'READY',
        change: {
          argv: [
            'gcloud',
            'redis',
            'instances',
            'create',
            ...target,
            `--tier=${redisTier}`,
            `--size=${redisSizeGb}`,
            `--network=${vpcNetwork}`,
            // Memorystore's own choice, volatile-lru, takes keys of conversations away one by one when memory runs out.
            `--redis-config=maxmemory-policy=${EVICTION_POLICY}`,
            ...(redisSecurity === 'tls-auth'
              ? ['--enable-auth', '--transit-encryption-mode=server-authentication']
              : []),
            OWNED_FLAG,
          ],
        },
        undo: undoLabelled({
          title: `Redis instance ${redisInstance}, and what it holds`,
          read,
          argv: ['gcloud', 'redis', 'instances', 'delete', ...target],
          permissions: ['redis.instances.delete', 'redis.operations.get'],
          holdsData: true,
          isShared: sharesProject(settings),
        }),
      },
    ],
  };
}
