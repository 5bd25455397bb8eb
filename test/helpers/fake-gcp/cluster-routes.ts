// Memorystore for Redis Cluster, and the policies by which it gets addresses in a network.
import { type Answer, asObject, failure, type Json, missing, ok, type Route, type State } from './state.ts';

const LOCATION = 'projects/[^/]+/locations/[^/]+';
const SERVICE_CLASS = 'gcp-memorystore-redis';
/** Source: gcloud's help of `redis clusters create`. */
const NODE_TYPES = [
  'REDIS_SHARED_CORE_NANO',
  'REDIS_STANDARD_SMALL',
  'REDIS_HIGHMEM_MEDIUM',
  'REDIS_HIGHMEM_XLARGE',
];
const NETWORK = /^projects\/[^/]+\/global\/networks\/[^/]+$/;
/** Of clusters and of policies. Source: gcloud's help of both. */
const NAME = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const AUTHORITY = '-----BEGIN CERTIFICATE-----\nMIIBcluster\n-----END CERTIFICATE-----\n';

const invalid = (message: string) => failure(400, 'INVALID_ARGUMENT', message);

function policiesOf(state: State, parent: string): Json[] {
  return [...state.resources]
    .filter(([name]) => name.startsWith(`${parent}/serviceConnectionPolicies/`))
    .map(([, policy]) => policy);
}

function policyFault(state: State, parent: string, id: string, body: Json): Answer | undefined {
  if (!NAME.test(id)) return invalid(`Invalid resource name given (name=${id}).`);
  const { subnetworks } = asObject(body.pscConfig);
  if (!NETWORK.test(String(body.network))) return invalid(`Invalid network ${body.network}.`);
  if (!Array.isArray(subnetworks) || subnetworks.length === 0) return invalid('Subnetworks are required.');
  const [region] = /[^/]+$/.exec(parent) ?? [];
  if (subnetworks.some((subnet) => !String(subnet).includes(`/regions/${region}/subnetworks/`)))
    return invalid('A subnetwork is in another region than the policy.');
  const isTaken = policiesOf(state, parent).some(
    ({ network, serviceClass }) => network === body.network && serviceClass === body.serviceClass,
  );
  // Source: Network Connectivity, "About service connection policies": one for each network, region and service class.
  return isTaken
    ? invalid(`A policy for ${body.serviceClass} exists in network ${body.network} already.`)
    : undefined;
}

function clusterFault(state: State, parent: string, id: string, body: Json): Answer | undefined {
  if (!NAME.test(id)) return invalid(`Invalid resource name given (name=${id}).`);
  const [config] = Array.isArray(body.pscConfigs) ? body.pscConfigs : [];
  const { network } = asObject(config);
  if (!NETWORK.test(String(network))) return invalid(`Invalid network ${network}.`);
  if (!NODE_TYPES.includes(String(body.nodeType)))
    return invalid(`Node type ${body.nodeType} is not supported.`);
  if (!(Number(body.shardCount) >= 1)) return invalid('shard_count must be at least 1.');
  if (Number(body.replicaCount ?? 0) > 5) return invalid('replica_count must be at most 5.');
  const hasPolicy = policiesOf(state, parent).some(
    (policy) => policy.network === network && policy.serviceClass === SERVICE_CLASS,
  );
  // Source: gcloud's help of `redis clusters create`, "This command can fail for the following reasons".
  return hasPolicy
    ? undefined
    : failure(400, 'FAILED_PRECONDITION', `No connection policy is defined for network ${network}.`);
}

const readRoute = (api: string, path: string): Route => ({
  api,
  method: 'GET',
  path: new RegExp(`^v1/(${path})$`),
  answer: ({ match: [, name = ''] }, state) => state.get(name),
});

export const clusterRoutes: Route[] = [
  {
    api: 'networkconnectivity',
    method: 'POST',
    path: new RegExp(`^v1/(${LOCATION})/serviceConnectionPolicies$`),
    answer: ({ match: [, parent = ''], query, body }, state) => {
      const id = query.get('serviceConnectionPolicyId') ?? '';
      const fault = policyFault(state, parent, id, body);
      if (fault) return fault;
      const name = `${parent}/serviceConnectionPolicies/${id}`;
      return state.create(
        name,
        { ...body, name },
        { parent, type: 'type.googleapis.com/google.cloud.networkconnectivity.v1.ServiceConnectionPolicy' },
      );
    },
  },
  {
    api: 'networkconnectivity',
    method: 'GET',
    path: new RegExp(`^v1/(${LOCATION})/serviceConnectionPolicies$`),
    answer: ({ match: [, parent = ''] }, state) =>
      ok({ serviceConnectionPolicies: policiesOf(state, parent) }),
  },
  readRoute('networkconnectivity', `${LOCATION}/serviceConnectionPolicies/[^/]+`),
  {
    api: 'redis',
    method: 'POST',
    path: new RegExp(`^v1/(${LOCATION})/clusters$`),
    answer: ({ match: [, parent = ''], query, body }, state) => {
      const id = query.get('clusterId') ?? '';
      const fault = clusterFault(state, parent, id, body);
      if (fault) return fault;
      const name = `${parent}/clusters/${id}`;
      const discoveryEndpoints = [{ address: '10.128.0.9', port: 6379 }];
      return state.create(
        name,
        { ...body, name, state: 'ACTIVE', discoveryEndpoints },
        { parent, type: 'type.googleapis.com/google.cloud.redis.v1.Cluster' },
      );
    },
  },
  readRoute('redis', `${LOCATION}/clusters/[^/]+`),
  {
    api: 'redis',
    method: 'GET',
    path: new RegExp(`^v1/(${LOCATION}/clusters/[^/]+)/certificateAuthority$`),
    answer: ({ match: [, name = ''] }, state) =>
      state.resources.has(name)
        ? ok({
            name: `${name}/certificateAuthority`,
            managedServerCa: { caCerts: [{ certificates: [AUTHORITY] }] },
          })
        : missing(name),
  },
];
