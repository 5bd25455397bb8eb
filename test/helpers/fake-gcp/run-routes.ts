// Cloud Run services. Every roll-out has just succeeded.
import { randomUUID } from 'node:crypto';
import { actAsFault, scalingFault, secretFault } from './body-refusals.ts';
import { containersFault, cpusOf, secretsIn, withDefaults } from './containers.ts';
import {
  type Answer,
  asObject,
  failure,
  type Json,
  missing,
  ok,
  PROJECT_NUMBER,
  type Route,
  type State,
} from './state.ts';

const now = () => new Date().toISOString();
const LOCATION = 'projects/[^/]+/locations/[^/]+';
const SERVICE_LABEL = 'serving.knative.dev/service';
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
    answer: ({ match: [, project = ''], body, query }, state) => {
      const fault = serviceFault(state, project, body);
      if (fault !== undefined) return fault;
      const service = runService(body, undefined);
      if (query.has('dryRun')) return ok(service);
      haveRevision(state, service);
      return state.create(`run:${asObject(body.metadata).name}`, service);
    },
  },
  {
    api: 'run',
    method: 'PUT',
    path: new RegExp(`^${SERVICE_PATH}/([^/]+)$`),
    answer: ({ match: [, project = '', name = ''], body, query }, state) => {
      const old = state.resources.get(`run:${name}`);
      if (old === undefined) return missing(name);
      const fault = serviceFault(state, project, body);
      if (fault !== undefined) return fault;
      const service = runService(body, old);
      if (query.has('dryRun')) return ok(service);
      haveRevision(state, service);
      state.resources.set(`run:${name}`, service);
      return ok(service);
    },
  },
  {
    api: 'run',
    method: 'DELETE',
    path: new RegExp(`^${SERVICE_PATH}/([^/]+)$`),
    answer: ({ match: [, , name = ''] }, state) => {
      if (!state.resources.delete(`run:${name}`)) return missing(name);
      state.dropPolicies(`/services/${name}`);
      for (const { key } of revisionsOf(state, name)) state.resources.delete(key);
      return ok({ kind: 'Status', status: 'Success' });
    },
  },
  {
    api: 'run',
    method: 'GET',
    path: /^apis\/serving\.knative\.dev\/v1\/namespaces\/[^/]+\/revisions(?:\/([^/]+))?$/,
    answer: ({ match: [, name], query }, state) => {
      if (name !== undefined) return state.get(`revision:${name}`);
      const service = /serving\.knative\.dev\/service\s*(?:=|in \()\s*([\w-]+)/.exec(
        query.get('labelSelector') ?? '',
      );
      const newestFirst = revisionsOf(state, service?.[1] ?? '').reverse();
      const items = newestFirst.map(({ revision }) => revision);
      return ok({ kind: 'RevisionList', apiVersion: 'serving.knative.dev/v1', metadata: {}, items });
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

/** What Cloud Run refuses. Source of the name's length: its REST reference, `projects.locations.services.create`. */
function serviceFault(state: State, project: string, body: Json): Answer | undefined {
  const name = String(asObject(body.metadata).name);
  if (!/^[a-z](?:[a-z0-9-]{0,47}[a-z0-9])?$/.test(name))
    return failure(400, 'INVALID_ARGUMENT', `metadata.name ${name} must be less than 50 characters.`);
  const template = asObject(asObject(body.spec).template);
  const annotations = asObject(asObject(template.metadata).annotations);
  const spec = asObject(template.spec);
  const secrets = secretsIn(spec);
  const account = spec.serviceAccountName;
  return (
    containersFault(spec, annotations) ??
    actAsFault(state, account) ??
    secretFault(state, { project, account: String(account), secrets }) ??
    scalingFault(
      {
        cpu: cpusOf(spec),
        min: Number(annotations['autoscaling.knative.dev/minScale'] ?? 0),
        max: Number(annotations['autoscaling.knative.dev/maxScale'] ?? 100),
        timeout: Number(spec.timeoutSeconds ?? 300),
        concurrency: Number(spec.containerConcurrency ?? 80),
        isDirect: annotations['run.googleapis.com/network-interfaces'] !== undefined,
        longest: 3600,
      },
      state,
    )
  );
}

/** Keeps the revision that a service's template has become, once. */
export function haveRevision(state: State, service: Json, createdAt = new Date()): void {
  const { name } = asObject(service.metadata);
  const template = asObject(asObject(service.spec).template);
  const metadata = asObject(template.metadata);
  const key = `revision:${metadata.name}`;
  if (state.resources.has(key)) return;
  state.resources.set(key, {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Revision',
    metadata: {
      ...metadata,
      namespace: PROJECT_NUMBER,
      creationTimestamp: createdAt.toISOString(),
      labels: { ...asObject(metadata.labels), [SERVICE_LABEL]: name },
    },
    spec: template.spec,
    status: { conditions: asObject(service.status).conditions },
  });
}

function revisionsOf(state: State, service: string): { key: string; revision: Json }[] {
  return [...state.resources]
    .filter(([key]) => key.startsWith('revision:'))
    .map(([key, revision]) => ({ key, revision }))
    .filter(({ revision }) => asObject(asObject(revision.metadata).labels)[SERVICE_LABEL] === service);
}

/** A new template is a new revision, other traffic or another label of the service is none. */
function isSameTemplate(template: Json, old: Json | undefined): boolean {
  const withoutName = ({ metadata, spec }: Json) => {
    const { name: _, ...rest } = asObject(metadata);
    return JSON.stringify([rest, spec]);
  };
  return old !== undefined && withoutName(template) === withoutName(asObject(asObject(old.spec).template));
}

function runService(body: Json, old: Json | undefined): Json {
  const metadata = asObject(body.metadata);
  const spec = asObject(body.spec);
  const name = String(metadata.name);
  const given = asObject(spec.template);
  const template: Json = { ...given, spec: withDefaults(asObject(given.spec), name) };
  const generation = Number(asObject(old?.metadata).generation ?? 0) + 1;
  const revision = isSameTemplate(template, old)
    ? String(asObject(old?.status).latestCreatedRevisionName)
    : String(asObject(template.metadata).name ?? `${name}-${String(generation).padStart(5, '0')}-abc`);
  const url = `https://${name}-${PROJECT_NUMBER}.us-central1.run.app`;
  const wanted = Array.isArray(spec.traffic)
    ? spec.traffic.map(asObject)
    : [{ percent: 100, latestRevision: true }];
  const traffic = wanted.map((entry) =>
    entry.latestRevision === true ? { ...entry, revisionName: revision } : entry,
  );
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
      traffic: wanted,
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
