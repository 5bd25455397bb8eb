// Memorystore for Redis Cluster, with IAM authentication and TLS, and the policy by which it gets addresses in the network.
import { shellLine } from '../../gcloud/shell.ts';
import { type Argv, at, json, lastPart, type Reading, type Step, type Task } from '../../gcloud/step.ts';
import type { DeploySettings } from '../settings/deploy-settings.ts';
import { note, notePermissions, noteTopic } from './notes.ts';
import { OWNED_FLAG, revocableBinding, sharesProject, undoLabelled } from './ownership.ts';
import { EVICTION_POLICY } from './redis.ts';

/** The service class of Memorystore for Redis Cluster. Source: Memorystore for Redis Cluster, "Networking". */
export const SERVICE_CLASS = 'gcp-memorystore-redis';
/** It allows connecting, and nothing else. Source: Memorystore for Redis Cluster, "About IAM authentication". */
export const CONNECT_ROLE = 'roles/redis.dbConnectionUser';

export function describeCluster({ redisInstance, region }: DeploySettings): Argv {
  return ['gcloud', 'redis', 'clusters', 'describe', redisInstance, `--region=${region}`];
}

export function redisClusterStep(settings: DeploySettings): Step {
  return {
    key: 'redis',
    title: 'Create the Memorystore for Redis Cluster (about fifteen minutes)',
    needs: ['apis', 'accounts', 'topics'],
    permissions: [
      'redis.clusters.create',
      'redis.clusters.get',
      'redis.operations.get',
      'networkconnectivity.serviceConnectionPolicies.create',
      'networkconnectivity.serviceConnectionPolicies.get',
      'networkconnectivity.serviceConnectionPolicies.list',
      'networkconnectivity.operations.get',
      'compute.networks.use',
      'compute.subnetworks.use',
      'resourcemanager.projects.getIamPolicy',
      'resourcemanager.projects.setIamPolicy',
      ...notePermissions,
    ],
    tasks: [policyTask(settings), ...clusterTasks(settings), ...roleTasks(settings)],
  };
}

/** A network and region have one policy for each service class, so that of another deployment serves, too. */
function policyTask(settings: DeploySettings): Task {
  const { redisInstance, region, vpcNetwork, vpcSubnet, projectId } = settings;
  const policies = ['gcloud', 'network-connectivity', 'service-connection-policies'];
  const target = [redisInstance, `--region=${region}`];
  const subnet = `projects/${projectId}/regions/${region}/subnetworks/${vpcSubnet}`;
  return {
    title: `service connection policy for ${SERVICE_CLASS} in network ${vpcNetwork}`,
    reads: [[...policies, 'list', `--region=${region}`, '--format=json']],
    isDone: ([list]) => hasPolicy(json(list), vpcNetwork),
    isNew: () => true,
    change: {
      argv: [
        ...[...policies, 'create', ...target, `--network=${vpcNetwork}`, `--service-class=${SERVICE_CLASS}`],
        // gcloud finds the region of a subnet in its whole address alone.
        ...[`--subnets=https://www.googleapis.com/compute/v1/${subnet}`, OWNED_FLAG],
      ],
    },
    undo: undoLabelled({
      title: `service connection policy ${redisInstance}`,
      read: [...policies, 'describe', ...target, '--format=json'],
      argv: [...policies, 'delete', ...target],
      permissions: [
        'networkconnectivity.serviceConnectionPolicies.delete',
        'networkconnectivity.operations.get',
      ],
      // The cluster that stays without --data needs it.
      holdsData: true,
      isShared: sharesProject(settings),
    }),
  };
}

export function hasPolicy(list: unknown, network: string): boolean {
  return (
    Array.isArray(list) &&
    list.some(
      (policy: unknown) =>
        at(policy, 'serviceClass') === SERVICE_CLASS && lastPart(at(policy, 'network')) === network,
    )
  );
}

/** A cluster takes no labels from gcloud, so that a deployment makes it is noted first. */
function clusterTasks(settings: DeploySettings): Task[] {
  const { redisInstance, region, vpcNetwork, projectId } = settings;
  const { redisNodeType, redisShards, redisReplicas } = settings;
  const target = [redisInstance, `--region=${region}`];
  const read = [...describeCluster(settings), '--format=json'];
  const made = note(noteTopic(settings), 'made-redis-cluster', redisInstance);
  return [
    {
      title: `note that Redis Cluster ${redisInstance} is made here`,
      reads: [read, made.read],
      isDone: ([cluster, topic]) => cluster?.found === true || made.isIn(topic),
      change: { argv: made.write },
    },
    {
      title: `Redis Cluster ${redisInstance}`,
      reads: [read],
      // One that is still being made is not done, and the create that follows answers that it exists; see run.ts.
      isDone: ([cluster]) => at(json(cluster), 'state') === 'ACTIVE',
      drift: ([cluster]) => clusterDrift(cluster, settings),
      change: {
        argv: [
          ...['gcloud', 'redis', 'clusters', 'create', ...target],
          `--network=projects/${projectId}/global/networks/${vpcNetwork}`,
          `--node-type=${redisNodeType}`,
          `--shard-count=${redisShards}`,
          `--replica-count=${redisReplicas}`,
          '--auth-mode=iam-auth',
          '--transit-encryption-mode=server-authentication',
          `--redis-config=maxmemory-policy=${EVICTION_POLICY}`,
        ],
      },
      undo: {
        title: `Redis Cluster ${redisInstance}, and what it holds`,
        reads: [read, made.read],
        owner: ([cluster, topic]) => {
          if (cluster?.found !== true) return 'gone';
          return made.isIn(topic) ? 'ours' : 'theirs';
        },
        argv: ['gcloud', 'redis', 'clusters', 'delete', ...target],
        permissions: ['redis.clusters.delete', 'redis.operations.get'],
        holdsData: true,
        isShared: sharesProject(settings),
      },
    },
  ];
}

function roleTasks({ relayAccount, functionsAccount, projectId }: DeploySettings): Task[] {
  return (
    [
      ['the relay', relayAccount],
      ['the functions', functionsAccount],
    ] as const
  ).map(([who, account]) =>
    revocableBinding({
      title: `connections to Redis for ${who}`,
      resource: ['projects'],
      target: [projectId],
      account,
      role: CONNECT_ROLE,
      isProject: true,
      permissions: ['resourcemanager.projects.getIamPolicy', 'resourcemanager.projects.setIamPolicy'],
    }),
  );
}

/** What a cluster keeps for ever, and what a person may change while it serves. */
function clusterDrift(reading: Reading | undefined, settings: DeploySettings): string[] {
  const cluster = json(reading);
  if (cluster === undefined) return [];
  const { redisInstance, region, projectId, vpcNetwork } = settings;
  const network = lastPart(at(cluster, 'pscConfigs', 0, 'network'));
  const another = 'set REDIS_INSTANCE_ID to another name for a new cluster';
  const update = (flag: string) =>
    shellLine(['gcloud', 'redis', 'clusters', 'update', redisInstance, `--region=${region}`, flag]);
  const sizes = [
    ['shardCount', settings.redisShards, 'shards', 'REDIS_SHARDS', 'shard-count'],
    ['replicaCount', settings.redisReplicas, 'replicas a shard', 'REDIS_REPLICAS', 'replica-count'],
  ] as const;
  const nodeType = String(at(cluster, 'nodeType') ?? '')
    .toLowerCase()
    .replaceAll('_', '-');
  return [
    ...clusterSecurityFaults(cluster).map((fault) => `${fault}: ${another}`),
    ...(network === '' || network === vpcNetwork
      ? []
      : [`is in network ${network}, and VPC_NETWORK is ${vpcNetwork}: ${another}`]),
    ...sizes
      .filter(([field, wanted]) => Number(at(cluster, field) ?? 0) !== wanted)
      .map(
        ([field, wanted, what, variable, flag]) =>
          `has ${Number(at(cluster, field) ?? 0)} ${what}, not the ${wanted} of ${variable}; ` +
          `to change it: ${update(`--${flag}=${wanted}`)} --project=${projectId}`,
      ),
    ...(nodeType === '' || nodeType === settings.redisNodeType
      ? []
      : [
          `has nodes of type ${nodeType}, not the ${settings.redisNodeType} of REDIS_NODE_TYPE; ` +
            `to change it: ${update(`--node-type=${settings.redisNodeType}`)} --project=${projectId}`,
        ]),
  ];
}

/** What the relay and the functions need of a cluster, and Memorystore never changes. */
export function clusterSecurityFaults(cluster: unknown): string[] {
  return [
    ...(at(cluster, 'authorizationMode') === 'AUTH_MODE_IAM_AUTH' ? [] : ['has no IAM authentication']),
    ...(at(cluster, 'transitEncryptionMode') === 'TRANSIT_ENCRYPTION_MODE_SERVER_AUTHENTICATION'
      ? []
      : ['has no TLS']),
  ];
}
