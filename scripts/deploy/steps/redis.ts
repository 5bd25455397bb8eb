import { shellLine } from '../../gcloud/shell.ts';
import { type Argv, at, json, lastPart, type Reading, type Step, type Task } from '../../gcloud/step.ts';
import type { DeploySettings } from '../settings/deploy-settings.ts';
import { isLabelled, OWNED_FLAG, sharesProject, undoLabelled } from './ownership.ts';

/** A full Redis takes no event, and Pub/Sub delivers it again once there is room. */
export const EVICTION_POLICY = 'noeviction';

/**
 * Up to 6.x an instance with TLS takes fewer connections the smaller it is, from 7.0 on 65,000. Sources: Memorystore for
 * Redis, "Quotas and limits", "Instance limits", and "About in-transit encryption", "Connection limits".
 */
const REDIS_VERSION = 'redis_7_2';

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
      'redis.instances.update',
      'redis.operations.get',
      'compute.networks.list',
    ],
    tasks: [
      {
        title: `Redis instance ${redisInstance}`,
        reads: [read],
        // One that is still being made is not done, and the create that follows answers that it exists; see run.ts.
        isDone: ([instance]) => at(json(instance), 'state') === 'READY',
        drift: ([instance]) => fixedDifferences(instance, settings),
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
            `--redis-version=${REDIS_VERSION}`,
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
      ...instanceTasks(settings, read),
    ],
  };
}

/**
 * Makes an instance larger, and keeps it from forgetting. Standard tier takes another size while it serves. Basic tier
 * would lose all that it holds, a smaller size may not hold it, and an instance that somebody else made is theirs: these
 * are only told. https://cloud.google.com/memorystore/docs/redis/scaling-instances
 */
function instanceTasks(settings: DeploySettings, read: Argv): Task[] {
  const { redisInstance, region, redisSizeGb, projectId } = settings;
  const update = (flag: string) => [
    ...['gcloud', 'redis', 'instances', 'update', redisInstance, `--region=${region}`, flag],
  ];
  const told = (flag: string) => `${shellLine(update(flag))} --project=${projectId}`;
  const resize = `--size=${redisSizeGb}`;
  const evict = `--update-redis-config=maxmemory-policy=${EVICTION_POLICY}`;
  const ofSize = ([instance]: readonly Reading[]): string[] => {
    const size = at(json(instance), 'memorySizeGb');
    if (typeof size !== 'number' || size === redisSizeGb) return [];
    return [`has ${size} GB, not the ${redisSizeGb} of REDIS_SIZE_GB`];
  };
  const grows = ([instance]: readonly Reading[]) =>
    isLabelled(instance) &&
    at(json(instance), 'tier') !== 'BASIC' &&
    Number(at(json(instance), 'memorySizeGb')) < redisSizeGb;
  const ofPolicy = ([instance]: readonly Reading[]): string[] => {
    const found = json(instance);
    const policy = at(found, 'redisConfigs', 'maxmemory-policy');
    if (found === undefined || policy === EVICTION_POLICY) return [];
    return [`is ${String(policy ?? 'not set')}, which deletes history when Redis is full`];
  };
  return [
    applied(`memory of ${redisInstance}`, read, ofSize, grows, update(resize), told(resize)),
    applied(
      `maxmemory-policy of ${redisInstance}`,
      read,
      ofPolicy,
      ([instance]) => isLabelled(instance),
      update(evict),
      told(evict),
    ),
  ];
}

type Judge<T> = (readings: readonly Reading[]) => T;

/** A difference that is mended where it may be, and otherwise told with the command that mends it. */
function applied(
  title: string,
  read: Argv,
  differs: Judge<string[]>,
  may: Judge<boolean>,
  argv: Argv,
  told: string,
): Task {
  const differences: Judge<string[]> = (readings) => (may(readings) ? differs(readings) : []);
  return {
    title,
    reads: [read],
    isDone: (readings) => differences(readings).length === 0,
    differences,
    drift: (readings) =>
      may(readings) ? [] : differs(readings).map((difference) => `${difference}; to change it: ${told}`),
    change: { argv },
    onlyMends: true,
  };
}

/** What Memorystore fixes when it makes an instance. */
function fixedDifferences(reading: Reading | undefined, settings: DeploySettings): string[] {
  const instance = json(reading);
  if (instance === undefined) return [];
  const tier = settings.redisTier === 'basic' ? 'BASIC' : 'STANDARD_HA';
  const hasPassword = at(instance, 'authEnabled') === true;
  const network = at(instance, 'authorizedNetwork');
  const facts: readonly (readonly [differs: boolean, what: string])[] = [
    [
      at(instance, 'tier') !== undefined && at(instance, 'tier') !== tier,
      `is of tier ${String(at(instance, 'tier'))}, and REDIS_TIER is ${settings.redisTier}`,
    ],
    [
      hasPassword !== (settings.redisSecurity === 'tls-auth'),
      `has ${hasPassword ? 'a' : 'no'} password, and REDIS_SECURITY is ${settings.redisSecurity}`,
    ],
    [
      network !== undefined && lastPart(network) !== settings.vpcNetwork,
      `is in network ${lastPart(network)}, and VPC_NETWORK is ${settings.vpcNetwork}`,
    ],
  ];
  return facts
    .filter(([differs]) => differs)
    .map(([, what]) => `${what}: set REDIS_INSTANCE_ID to another name for a new instance`);
}
