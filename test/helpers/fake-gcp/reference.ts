import { withDefaults } from './containers.ts';
import { haveRevision } from './run-routes.ts';
import { asObject, type Json, PROJECT_NUMBER, type State } from './state.ts';

export const REFERENCE_KEY = '68b329da9893e34099c7';

const SUBSCRIPTIONS = [
  ['aa-new-suggestion-topic', 'aa-new-suggestion-sub', 'human-agent-assistant-event'],
  ['aa-new-message-topic', 'aa-new-message-sub', 'new-message-event'],
  ['aa-conversation-event-topic', 'aa-conversation-event-sub', 'conversation-lifecycle-event'],
  [
    'aa-intermediate-transcript-topic',
    'aa-intermediate-transcript-event-sub',
    'new-recognition-result-notification-event',
  ],
] as const;
const APIS = ['dialogflow', 'pubsub', 'run', 'secretmanager', 'compute', 'vpcaccess', 'redis'];

/**
 * Fills a project with what the deploy.sh of Google's reference (aa-integration-backend) makes: its accounts, a key of 20
 * characters, a Redis of the Basic tier, two services, and four topics with push subscriptions to the interceptor.
 *
 * @param deployedAt When the services became ready.
 */
export function haveReference(state: State, project: string, deployedAt: Date): void {
  const have = (name: string, value: Json = {}) => state.resources.set(name, { name, ...value });
  for (const api of APIS) state.apis.add(`${api}.googleapis.com`);
  for (const id of ['ui-connector', 'cloud-pubsub-interceptor', 'cloud-run-pubsub-invoker']) {
    const email = `${id}@${project}.iam.gserviceaccount.com`;
    have(`projects/${project}/serviceAccounts/${email}`, { email, projectId: project });
  }
  const secret = `projects/${project}/secrets/aa-integration-jwt-secret`;
  have(secret);
  have(`${secret}/versions/1`, {
    state: 'ENABLED',
    createTime: deployedAt.toISOString(),
    payload: { data: Buffer.from(REFERENCE_KEY).toString('base64') },
  });
  have(`projects/${project}/locations/us-central1/instances/aa-integration-redis`, {
    ...{ tier: 'BASIC', memorySizeGb: 5, host: '10.0.0.3', port: 6379, state: 'READY' },
    ...{ authEnabled: false, transitEncryptionMode: 'DISABLED' },
    authorizedNetwork: `projects/${project}/global/networks/default`,
  });
  for (const name of ['ui-connector', 'cloud-pubsub-interceptor']) {
    const deployed = service(name, deployedAt);
    state.resources.set(`run:${name}`, deployed);
    haveRevision(state, deployed, deployedAt);
  }
  for (const [topic, subscription, path] of SUBSCRIPTIONS) {
    have(`projects/${project}/topics/${topic}`);
    have(`projects/${project}/subscriptions/${subscription}`, {
      topic: `projects/${project}/topics/${topic}`,
      pushConfig: { pushEndpoint: `https://cloud-pubsub-interceptor-x.a.run.app/${path}` },
      ackDeadlineSeconds: 10,
      expirationPolicy: {},
    });
  }
}

function service(name: string, readyAt: Date): Json {
  const revision = `${name}-00007-ref`;
  const annotations = { 'run.googleapis.com/vpc-access-connector': 'aa-integration-vpc' };
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: {
      ...{ name, namespace: PROJECT_NUMBER, generation: 7, labels: {}, annotations: {} },
      creationTimestamp: readyAt.toISOString(),
    },
    spec: {
      template: {
        metadata: { name: revision, annotations },
        spec: withDefaults({ containers: [{ image: `gcr.io/p/${name}` }] }, name),
      },
      traffic: [{ percent: 100, latestRevision: true }],
    },
    status: {
      observedGeneration: 7,
      conditions: ['Ready', 'ConfigurationsReady', 'RoutesReady'].map((type) => ({
        ...{ type, status: 'True', lastTransitionTime: readyAt.toISOString() },
      })),
      latestReadyRevisionName: revision,
      latestCreatedRevisionName: revision,
      url: `https://${name}-x.a.run.app`,
    },
  };
}

/** Sets back when a service became ready, as if that were so many minutes ago. */
export function readySince(state: State, name: string, minutes: number): void {
  const conditions = asObject(asObject(state.resources.get(`run:${name}`)).status).conditions;
  for (const condition of Array.isArray(conditions) ? conditions : [])
    asObject(condition).lastTransitionTime = new Date(Date.now() - minutes * 60_000).toISOString();
}
