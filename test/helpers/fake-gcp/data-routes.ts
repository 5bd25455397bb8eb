// Projects, identities, secrets, Redis, networks, Pub/Sub: the APIs that only keep what they are told.
import { agentOf, asObject, failure, missing, ok, PROJECT_NUMBER, type Route, type State } from './state.ts';

const now = () => new Date().toISOString();
const noOperation = { name: 'operations/noop.DONE_OPERATION', done: true, response: {} };

function iamRoutes(api: string, path: string): Route[] {
  return ['GET', 'POST'].map((method) => ({
    api,
    method,
    path: new RegExp(`^v\\d/(${path}):(\\w+)$`),
    answer: ({ match: [, resource = '', verb = ''], body }, state) =>
      state.iam(withProject(resource), verb, body),
  }));
}

/** gcloud may leave it to the server which project an account is of: `projects/-/serviceAccounts/A@PROJECT.iam...`. */
function withProject(resource: string): string {
  return resource.replace(/^projects\/-\/(serviceAccounts\/[^@]+@([^.]+))/, 'projects/$2/$1');
}

function readRoute(api: string, path: string): Route {
  return {
    api,
    method: 'GET',
    path: new RegExp(`^v1/(${path})$`),
    answer: ({ match: [, name = ''] }, state) => state.get(name),
  };
}

const LOCATION = 'projects/[^/]+/locations/[^/]+';
const SECRET = 'projects/[^/]+/secrets/[^/:]+';
const PUBSUB = 'projects/[^/]+/(?:topics|subscriptions)/[^/:]+';

export const dataRoutes: Route[] = [
  {
    api: 'cloudresourcemanager',
    method: 'GET',
    path: /^v1\/projects\/([^/:]+)$/,
    answer: ({ match: [, projectId] }) =>
      ok({ projectId, projectNumber: PROJECT_NUMBER, name: projectId, lifecycleState: 'ACTIVE' }),
  },
  ...iamRoutes('cloudresourcemanager', 'projects/[^/:]+'),
  {
    api: 'serviceusage',
    method: 'GET',
    path: /^v1\/projects\/([^/]+)\/services\/([^/:]+)$/,
    answer: ({ match: [, , name = ''] }, state) =>
      ok({
        name: `projects/${PROJECT_NUMBER}/services/${name}`,
        parent: `projects/${PROJECT_NUMBER}`,
        state: state.apis.has(name) ? 'ENABLED' : 'DISABLED',
      }),
  },
  {
    api: 'serviceusage',
    method: 'GET',
    path: /^v1\/projects\/[^/]+\/services$/,
    answer: (_, state) =>
      ok({
        services: [...state.apis].map((name) => ({
          name: `projects/${PROJECT_NUMBER}/services/${name}`,
          config: { name },
          state: 'ENABLED',
        })),
      }),
  },
  {
    api: 'serviceusage',
    method: 'POST',
    path: /^v1\/projects\/[^/]+\/services(?::batchEnable|\/([^/]+):enable)$/,
    answer: ({ match: [, one], body }, state) => {
      const names = one === undefined ? (body.serviceIds as string[]) : [one];
      for (const name of names) state.apis.add(name);
      return ok(noOperation);
    },
  },
  {
    api: 'serviceusage',
    method: 'POST',
    path: /^v1beta1\/projects\/[^/]+\/services\/([^/]+):generateServiceIdentity$/,
    answer: ({ match: [, service = ''] }, state) => {
      const email = agentOf(service);
      state.agents.add(email);
      return ok({ ...noOperation, response: { email, uniqueId: '1' } });
    },
  },
  { api: 'serviceusage', method: 'GET', path: /^v1(?:beta1)?\/operations\//, answer: () => ok(noOperation) },
  {
    api: 'iam',
    method: 'POST',
    path: /^v1\/projects\/([^/]+)\/serviceAccounts$/,
    answer: ({ match: [, projectId], body }, state) => {
      const email = `${body.accountId}@${projectId}.iam.gserviceaccount.com`;
      const name = `projects/${projectId}/serviceAccounts/${email}`;
      const { description } = asObject(body.serviceAccount);
      return state.createAccount(name, email, {
        ...{ name, projectId, email, description },
        uniqueId: `1${state.next()}`,
      });
    },
  },
  {
    api: 'iam',
    method: 'GET',
    path: /^v1\/(projects\/[^/]+\/serviceAccounts\/([^/:]+))$/,
    answer: ({ match: [, name = '', email = ''] }, state) => {
      const found = [...state.resources].find(([key]) => key.endsWith(`/serviceAccounts/${email}`));
      if (found !== undefined) return ok(found[1]);
      // Every project has it, and nobody makes it.
      return email.endsWith('-compute@developer.gserviceaccount.com') ? ok({ name, email }) : missing(name);
    },
  },
  ...iamRoutes('iam', 'projects/[^/]+/serviceAccounts/[^/:]+'),
  {
    api: 'secretmanager',
    method: 'POST',
    path: /^v1\/(projects\/[^/]+)\/secrets$/,
    answer: ({ match: [, project], query, body }, state) => {
      const name = `${project}/secrets/${query.get('secretId')}`;
      return state.create(name, { ...body, name, createTime: now() });
    },
  },
  readRoute('secretmanager', SECRET),
  {
    api: 'secretmanager',
    method: 'POST',
    path: new RegExp(`^v1/(${SECRET}):addVersion$`),
    answer: ({ match: [, secret = ''], body }, state) => {
      if (!state.resources.has(secret)) return missing(secret);
      const count = versionsOf(state, secret).length;
      const name = `${secret}/versions/${count + 1}`;
      const payload = body.payload;
      const version = { name, createTime: now(), state: 'ENABLED', etag: state.etag() };
      state.resources.set(name, { ...version, payload });
      return ok({ ...version, clientSpecifiedPayloadChecksum: true });
    },
  },
  {
    api: 'secretmanager',
    method: 'GET',
    path: new RegExp(`^v1/(${SECRET})/versions$`),
    answer: ({ match: [, secret = ''], query }, state) => {
      if (!state.resources.has(secret)) return missing(secret);
      const [, wanted] = /^state[=:](\w+)$/.exec(query.get('filter') ?? '') ?? [];
      const versions = versionsOf(state, secret).filter(
        (each) => wanted === undefined || each.state === wanted,
      );
      return ok({ versions: versions.map(({ payload: _, ...version }) => version) });
    },
  },
  {
    api: 'secretmanager',
    method: 'GET',
    path: new RegExp(`^v1/(${SECRET})/versions/latest:access$`),
    answer: ({ match: [, secret = ''] }, state) => {
      const [newest] = versionsOf(state, secret);
      return newest === undefined
        ? missing(`${secret}/versions/latest`)
        : ok({ name: newest.name, payload: newest.payload });
    },
  },
  ...iamRoutes('secretmanager', SECRET),
  {
    api: 'redis',
    method: 'POST',
    path: new RegExp(`^v1/(${LOCATION})/instances$`),
    answer: ({ match: [, parent = ''], query, body }, state) => {
      const name = `${parent}/instances/${query.get('instanceId')}`;
      const serverCaCerts = [
        { cert: '-----BEGIN CERTIFICATE-----\nMIIBfake\n-----END CERTIFICATE-----\n', serialNumber: '1' },
      ];
      return state.create(
        name,
        { ...body, name, host: '10.0.0.3', port: 6379, state: 'READY', serverCaCerts },
        {
          parent,
          type: 'type.googleapis.com/google.cloud.redis.v1.Instance',
          metadata: {
            '@type': 'type.googleapis.com/google.cloud.common.OperationMetadata',
            target: name,
            verb: 'create',
          },
        },
      );
    },
  },
  readRoute('redis', `${LOCATION}/instances/[^/]+`),
  {
    api: 'redis',
    method: 'GET',
    path: new RegExp(`^v1/(${LOCATION}/instances/[^/]+)/authString$`),
    answer: ({ match: [, name = ''] }, state) =>
      state.resources.has(name) ? ok({ authString: 'fake-auth-string' }) : missing(name),
  },
  {
    api: 'vpcaccess',
    method: 'POST',
    path: new RegExp(`^v1/(${LOCATION})/connectors$`),
    answer: ({ match: [, parent = ''], query, body }, state) => {
      const name = `${parent}/connectors/${query.get('connectorId')}`;
      return state.create(
        name,
        { ...body, name, state: 'READY' },
        { parent, type: 'type.googleapis.com/google.cloud.vpcaccess.v1.Connector' },
      );
    },
  },
  readRoute('vpcaccess', `${LOCATION}/connectors/[^/]+`),
  {
    api: 'compute',
    method: 'GET',
    path: /^(?:v1\/)?(projects\/[^/]+\/regions\/[^/]+\/subnetworks\/([^/]+))$/,
    answer: ({ match: [, name = '', id = ''] }, state) => {
      const found = state.resources.get(name);
      if (found !== undefined) return ok(found);
      // A new project has a network in automatic mode, with a subnet of its name in every region.
      return id === 'default'
        ? ok({ kind: 'compute#subnetwork', name: id, ipCidrRange: '10.128.0.0/20' })
        : missing(name);
    },
  },
  {
    api: 'pubsub',
    method: 'PUT',
    path: new RegExp(`^v1/(${PUBSUB})$`),
    answer: ({ match: [, name = ''], body }, state) => state.create(name, { ...body, name }),
  },
  readRoute('pubsub', PUBSUB),
  {
    api: 'pubsub',
    method: 'PATCH',
    path: new RegExp(`^v1/(${PUBSUB})$`),
    answer: ({ match: [, name = ''], body }, state) => {
      const patched = state.patch(name, (body.subscription ?? body.topic ?? {}) as Record<string, unknown>);
      return patched === undefined ? missing(name) : ok(patched);
    },
  },
  ...iamRoutes('pubsub', PUBSUB),
  {
    api: '*',
    method: 'GET',
    path: /^v\d\/(projects\/.+\/operations\/[^/]+)$/,
    answer: ({ match: [, name = ''] }, state) => {
      const operation = state.operations.get(name);
      return operation === undefined ? failure(404, 'NOT_FOUND', name) : ok(operation);
    },
  },
];

/** Newest first, as Secret Manager lists them. */
function versionsOf(state: State, secret: string) {
  return [...state.resources]
    .filter(([key]) => key.startsWith(`${secret}/versions/`))
    .map(([, version]) => version)
    .reverse();
}
