// Cloud Run services. Every roll-out has just succeeded.
import { randomUUID } from 'node:crypto';
import { asObject, type Json, missing, ok, PROJECT_NUMBER, type Route } from './state.ts';

const now = () => new Date().toISOString();
const LOCATION = 'projects/[^/]+/locations/[^/]+';
const SERVICE_PATH = 'apis/serving\\.knative\\.dev/v1/namespaces/([^/]+)/services';

export const runRoutes: Route[] = [
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
  {
    api: 'run',
    method: 'DELETE',
    path: new RegExp(`^${SERVICE_PATH}/([^/]+)$`),
    answer: ({ match: [, , name = ''] }, state) =>
      state.resources.delete(`run:${name}`) ? ok({ kind: 'Status', status: 'Success' }) : missing(name),
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
