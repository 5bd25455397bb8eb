// What building from a folder goes through: a bucket, a repository of images, a build that has just succeeded.
import { randomUUID } from 'node:crypto';
import { mayBuild } from './body-refusals.ts';
import { type Json, ok, PROJECT_NUMBER, type Route, type State } from './state.ts';

const now = () => new Date().toISOString();
const LOCATION = 'projects/[^/]+/locations/[^/]+';

export const buildRoutes: Route[] = [
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
      ok({
        buildOperation: build(state, project, location, String(body.imageUri), {
          succeeds: mayBuild(state, project, body.serviceAccount),
        }),
      }),
  },
];

function build(
  state: State,
  project: string,
  location: string,
  image: string,
  { succeeds }: { succeeds: boolean },
): Json {
  const id = randomUUID();
  const finished = {
    id,
    name: `projects/${PROJECT_NUMBER}/locations/${location}/builds/${id}`,
    projectId: project,
    status: succeeds ? 'SUCCESS' : 'FAILURE',
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
    ...(succeeds
      ? { response: { '@type': `${types}.Build`, ...finished } }
      : { error: { code: 9, message: 'Build failed; check build logs for details' } }),
  };
  state.operations.set(name, operation);
  return operation;
}
