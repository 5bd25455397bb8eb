// Images that `gcloud builds submit` builds: a build that has just ended, and the tags of the repository that it pushed to.
import { createHash, randomUUID } from 'node:crypto';
import { parseImage } from '../../../scripts/deploy/settings/image-reference.ts';
import { mayBuild } from './body-refusals.ts';
import {
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
const REPOSITORY = `${LOCATION}/repositories/[^/:]+`;

export const imageRoutes: Route[] = [
  {
    api: 'cloudbuild',
    method: 'POST',
    path: /^v1\/(projects\/([^/]+)\/locations\/[^/]+)\/builds$/,
    answer: ({ match: [, parent = '', project], body }, state) => {
      // Cloud Build, "Store and manage build logs": an account of one's own has no way to the default bucket.
      const hasLogs =
        asObject(body.options).logging === 'CLOUD_LOGGING_ONLY' || body.logsBucket !== undefined;
      if (body.serviceAccount !== undefined && !hasLogs)
        return failure(
          400,
          'INVALID_ARGUMENT',
          "if 'build.service_account' is specified, the build must specify logs",
        );
      const build = buildOf(body, parent, project ?? '', state);
      const type = 'type.googleapis.com/google.devtools.cloudbuild.v1';
      state.resources.set(`${parent}/builds/${build.id}`, build);
      return ok(
        state.operation(
          parent,
          { '@type': `${type}.Build`, ...build },
          { '@type': `${type}.BuildOperationMetadata`, build },
        ),
      );
    },
  },
  {
    api: 'cloudbuild',
    method: 'GET',
    path: new RegExp(`^v1/(${LOCATION}/builds/[^/]+)$`),
    answer: ({ match: [, name = ''] }, state) => state.get(name),
  },
  {
    api: 'artifactregistry',
    method: 'GET',
    path: new RegExp(`^v1/(${REPOSITORY}/packages/[^/]+)/tags$`),
    answer: ({ match: [, parent = ''] }, state) => {
      const tags = [...state.resources].filter(([key]) => key.startsWith(`${parent}/tags/`));
      return tags.length === 0 ? missing(parent) : ok({ tags: tags.map(([, tag]) => tag) });
    },
  },
];

/** It pushes where there is a repository and the account may build; otherwise it fails. */
function buildOf(body: Json, parent: string, project: string, state: State): Json {
  const { _IMAGE: image } = asObject(body.substitutions);
  const isWanted = Array.isArray(body.images) && body.images.includes('$_IMAGE');
  const pushed = isWanted && mayBuild(state, project, body.serviceAccount) && push(String(image), state);
  const id = randomUUID();
  return {
    ...body,
    id,
    name: `projects/${PROJECT_NUMBER}/${parent.replace(/^projects\/[^/]+\//, '')}/builds/${id}`,
    projectId: project,
    status: pushed ? 'SUCCESS' : 'FAILURE',
    ...{ createTime: now(), startTime: now(), finishTime: now() },
  };
}

/** @returns whether the repository is there */
export function push(reference: string, state: State): boolean {
  const image = parseImage(reference);
  if (image === undefined) return false;
  const repository = `projects/${image.project}/locations/${image.location}/repositories/${image.repository}`;
  if (!state.resources.has(repository)) return false;
  const digest = createHash('sha256').update(`${reference} ${state.next()}`).digest('hex');
  const name = `${repository}/packages/${image.image}`;
  state.resources.set(`${name}/tags/${image.tag}`, {
    name: `${name}/tags/${image.tag}`,
    version: `${name}/versions/sha256:${digest}`,
  });
  return true;
}
