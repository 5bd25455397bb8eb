// Functions, Cloud Run and what building from a folder goes through. Builds and roll-outs have always just succeeded.
import { randomUUID } from 'node:crypto';
import {
  asObject,
  isObject,
  type Json,
  missing,
  ok,
  PROJECT_NUMBER,
  type Route,
  type State,
} from './state.ts';

const now = () => new Date().toISOString();
const LOCATION = 'projects/[^/]+/locations/[^/]+';
const SERVICE_PATH = 'apis/serving\\.knative\\.dev/v1/namespaces/([^/]+)/services';

export const serviceRoutes: Route[] = [
  {
    api: 'cloudfunctions',
    method: 'GET',
    path: new RegExp(`^v2/${LOCATION}/runtimes$`),
    answer: () =>
      ok({ runtimes: [{ name: 'nodejs24', displayName: 'Node.js 24', stage: 'GA', environment: 'GEN_2' }] }),
  },
  {
    api: 'cloudfunctions',
    method: 'POST',
    path: new RegExp(`^v2/${LOCATION}/functions:generateUploadUrl$`),
    answer: ({ base }, state) => {
      const object = `${state.next()}.zip`;
      return ok({
        uploadUrl: `${base}/__upload/${object}?X-Goog-Signature=fake`,
        storageSource: { bucket: 'uploads', object },
      });
    },
  },
  {
    api: 'cloudfunctions',
    method: 'GET',
    path: new RegExp(`^v2/(${LOCATION}/functions/[^/:]+)$`),
    answer: ({ match: [, name = ''] }, state) => state.get(name),
  },
  {
    api: 'cloudfunctions',
    method: 'POST',
    path: new RegExp(`^v2/(${LOCATION})/functions$`),
    answer: ({ match: [, parent = ''], query, body }, state) =>
      createFunction(state, parent, query.get('functionId') ?? '', body),
  },
  {
    api: 'cloudfunctions',
    method: 'PATCH',
    path: new RegExp(`^v2/((${LOCATION})/functions/[^/:]+)$`),
    answer: ({ match: [, name = '', parent = ''], body }, state) => {
      const patched = state.patch(name, body);
      if (patched === undefined) return missing(name);
      return ok(
        state.operation(parent, functionResponse(patched), functionMetadata(name, 'UPDATE_FUNCTION')),
      );
    },
  },
  {
    api: 'cloudbuild',
    method: 'GET',
    path: /^v1\/projects\/([^/]+)\/locations\/[^/]+\/defaultServiceAccount$/,
    answer: ({ match: [, project] }) =>
      ok({
        name: `projects/${PROJECT_NUMBER}/locations/global/defaultServiceAccount`,
        serviceAccountEmail: `projects/${project}/serviceAccounts/${PROJECT_NUMBER}-compute@developer.gserviceaccount.com`,
      }),
  },
  {
    api: 'artifactregistry',
    method: 'POST',
    path: new RegExp(`^v1/(${LOCATION})/repositories$`),
    answer: ({ match: [, parent = ''], query, body }, state) => {
      const name = `${parent}/repositories/${query.get('repositoryId')}`;
      return state.create(
        name,
        { ...body, name, createTime: now() },
        { parent, type: 'type.googleapis.com/google.devtools.artifactregistry.v1.Repository' },
      );
    },
  },
  {
    api: 'artifactregistry',
    method: 'GET',
    path: new RegExp(`^v1/(${LOCATION}/repositories/[^/:]+)$`),
    answer: ({ match: [, name = ''] }, state) => state.get(name),
  },
  {
    api: 'storage',
    method: 'GET',
    path: /^(?:storage\/v1\/)?b\/([^/?]+)$/,
    answer: ({ match: [, bucket] }, state) => state.get(`bucket:${bucket}`),
  },
  {
    api: 'storage',
    method: 'GET',
    path: /^(?:storage\/v1\/)?b$/,
    answer: (_, state) =>
      ok({
        kind: 'storage#buckets',
        items: [...state.resources].filter(([key]) => key.startsWith('bucket:')).map(([, bucket]) => bucket),
      }),
  },
  {
    api: 'storage',
    method: 'POST',
    path: /^(?:storage\/v1\/)?b$/,
    answer: ({ body }, state) =>
      state.create(`bucket:${body.name}`, {
        kind: 'storage#bucket',
        id: body.name,
        projectNumber: PROJECT_NUMBER,
        location: 'US-CENTRAL1',
        ...body,
      }),
  },
  {
    api: 'run',
    method: 'POST',
    path: /^v2\/projects\/([^/]+)\/locations\/([^/]+)\/builds:submit$/,
    answer: ({ match: [, project = '', location = ''], body }, state) =>
      ok({ buildOperation: build(state, project, location, String(body.imageUri)) }),
  },
  {
    api: 'run',
    method: 'GET',
    path: new RegExp(`^${SERVICE_PATH}/([^/]+)$`),
    answer: ({ match: [, , name = ''] }, state) => state.get(`run:${name}`),
  },
  {
    api: 'run',
    method: 'POST',
    path: new RegExp(`^${SERVICE_PATH}$`),
    answer: ({ body, query }, state) => {
      const service = runService(body, undefined);
      if (query.has('dryRun')) return ok(service);
      return state.create(`run:${asObject(body.metadata).name}`, service);
    },
  },
  {
    api: 'run',
    method: 'PUT',
    path: new RegExp(`^${SERVICE_PATH}/([^/]+)$`),
    answer: ({ match: [, , name = ''], body, query }, state) => {
      const old = state.resources.get(`run:${name}`);
      if (old === undefined) return missing(name);
      const service = runService(body, old);
      if (!query.has('dryRun')) state.resources.set(`run:${name}`, service);
      return ok(service);
    },
  },
  ...['GET', 'POST'].map(
    (method): Route => ({
      api: 'run',
      method,
      path: new RegExp(`^v1/(${LOCATION}/services/[^/:]+):(\\w+)$`),
      answer: ({ match: [, name = '', verb = ''], body }, state) => state.iam(name, verb, body),
    }),
  ),
];

const FUNCTION_TYPES = 'type.googleapis.com/google.cloud.functions.v2';

function createFunction(state: State, parent: string, id: string, body: Json) {
  const name = `${parent}/functions/${id}`;
  const trigger = `${parent}/triggers/${id}-000001`;
  const project = parent.split('/')[1];
  const subscription = `projects/${project}/subscriptions/eventarc-${id}-sub`;
  const topic = asObject(body.eventTrigger).pubsubTopic;
  const created = {
    ...body,
    name,
    state: 'ACTIVE',
    environment: 'GEN_2',
    updateTime: now(),
    serviceConfig: {
      service: `${parent}/services/${id}`,
      uri: `https://${id}-x.a.run.app`,
      allTrafficOnLatestRevision: true,
      ...asObject(body.serviceConfig),
    },
    ...(isObject(body.eventTrigger) ? { eventTrigger: { trigger, ...body.eventTrigger } } : {}),
  };
  const answer = state.create(name, created, {
    parent,
    type: `${FUNCTION_TYPES}.Function`,
    metadata: functionMetadata(name, 'CREATE_FUNCTION'),
  });
  if (answer.code === 200) {
    state.resources.set(trigger, { name: trigger, transport: { pubsub: { topic, subscription } } });
    // As Eventarc makes it: ten seconds to acknowledge, a first retry after ten more.
    state.resources.set(subscription, {
      name: subscription,
      topic,
      ackDeadlineSeconds: 10,
      retryPolicy: { minimumBackoff: '10s', maximumBackoff: '600s' },
    });
  }
  return answer;
}

function functionResponse(value: Json): Json {
  return { '@type': `${FUNCTION_TYPES}.Function`, ...value };
}

function functionMetadata(target: string, operationType: string): Json {
  return {
    '@type': `${FUNCTION_TYPES}.OperationMetadata`,
    target,
    operationType,
    apiVersion: 'v2',
    createTime: now(),
    stages: ['BUILD', 'SERVICE', 'TRIGGER'].map((name) => ({ name, state: 'COMPLETE' })),
  };
}

function build(state: State, project: string, location: string, image: string): Json {
  const id = randomUUID();
  const finished = {
    id,
    name: `projects/${PROJECT_NUMBER}/locations/${location}/builds/${id}`,
    projectId: project,
    status: 'SUCCESS',
    createTime: now(),
    startTime: now(),
    finishTime: now(),
    // With any other logging gcloud streams the log from Google's own storage.
    options: { logging: 'CLOUD_LOGGING_ONLY' },
    results: { images: [{ name: image, digest: `sha256:${'0'.repeat(64)}` }] },
  };
  const types = 'type.googleapis.com/google.devtools.cloudbuild.v1';
  const name = `projects/${project}/locations/${location}/operations/${id}`;
  const operation = {
    name,
    done: true,
    metadata: { '@type': `${types}.BuildOperationMetadata`, build: finished },
    response: { '@type': `${types}.Build`, ...finished },
  };
  state.operations.set(name, operation);
  return operation;
}

function runService(body: Json, old: Json | undefined): Json {
  const metadata = asObject(body.metadata);
  const spec = asObject(body.spec);
  const template = asObject(spec.template);
  const name = String(metadata.name);
  const generation = Number(asObject(old?.metadata).generation ?? 0) + 1;
  const revision = String(
    asObject(template.metadata).name ?? `${name}-${String(generation).padStart(5, '0')}-abc`,
  );
  const url = `https://${name}-${PROJECT_NUMBER}.us-central1.run.app`;
  const traffic = [{ revisionName: revision, percent: 100, latestRevision: true }];
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: {
      ...metadata,
      namespace: PROJECT_NUMBER,
      generation,
      uid: randomUUID(),
      resourceVersion: `AAA${generation}`,
      creationTimestamp: asObject(old?.metadata).creationTimestamp ?? now(),
      annotations: { 'run.googleapis.com/urls': JSON.stringify([url]), ...asObject(metadata.annotations) },
      labels: { 'cloud.googleapis.com/location': 'us-central1', ...asObject(metadata.labels) },
    },
    spec: {
      ...spec,
      template: { ...template, metadata: { ...asObject(template.metadata), name: revision } },
      traffic: spec.traffic ?? [{ percent: 100, latestRevision: true }],
    },
    status: {
      observedGeneration: generation,
      conditions: ['Ready', 'ConfigurationsReady', 'RoutesReady'].map((type) => ({
        type,
        status: 'True',
        lastTransitionTime: now(),
      })),
      latestReadyRevisionName: revision,
      latestCreatedRevisionName: revision,
      url,
      address: { url },
      traffic,
    },
  };
}
