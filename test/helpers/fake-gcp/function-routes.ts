// Cloud Functions. Builds and roll-outs have always just succeeded.
import {
  actAsFault,
  eventarcFault,
  mayBuild,
  scalingFault,
  secretFault,
  secretsOf,
} from './body-refusals.ts';
import { removeTrigger, triggerFor } from './eventarc-routes.ts';
import {
  type Answer,
  asObject,
  failure,
  isObject,
  type Json,
  missing,
  ok,
  type Route,
  type State,
} from './state.ts';

const now = () => new Date().toISOString();
const LOCATION = 'projects/[^/]+/locations/[^/]+';
const FUNCTION_TYPES = 'type.googleapis.com/google.cloud.functions.v2';

export const functionRoutes: Route[] = [
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
      const fault =
        functionFault(state, parent, body) ?? buildFault(state, parent, name, 'UPDATE_FUNCTION', body);
      if (fault !== undefined) return fault;
      const patched = state.patch(name, body);
      if (patched === undefined) return missing(name);
      return ok(
        state.operation(parent, functionResponse(patched), functionMetadata(name, 'UPDATE_FUNCTION')),
      );
    },
  },
  {
    api: 'cloudfunctions',
    method: 'DELETE',
    path: new RegExp(`^v2/((${LOCATION})/functions/([^/:]+))$`),
    answer: ({ match: [, name = '', parent = '', id = ''] }, state) => {
      if (!state.resources.delete(name)) return missing(name);
      removeTrigger(state, `${parent}/triggers/${id}-000001`);
      state.dropPolicies(`${parent}/services/${id}`);
      return ok(state.operation(parent, {}, functionMetadata(name, 'DELETE_FUNCTION')));
    },
  },
];

/** What Cloud Functions refuses at once, and what the operation ends with. */
function functionFault(state: State, parent: string, body: Json): Answer | undefined {
  const [, project = ''] = parent.split('/');
  const config = asObject(body.serviceConfig);
  const trigger = asObject(body.eventTrigger);
  const account = String(config.serviceAccountEmail);
  const topic = String(trigger.pubsubTopic);
  if (!state.resources.has(topic))
    return failure(404, 'NOT_FOUND', `Resource not found (resource=${topic}).`);
  const connector = config.vpcConnector;
  if (typeof connector === 'string' && !state.resources.has(connector))
    return failure(400, 'INVALID_ARGUMENT', `VPC connector ${connector} does not exist.`);
  return (
    actAsFault(state, config.serviceAccountEmail) ??
    actAsFault(state, trigger.serviceAccountEmail) ??
    secretFault(state, { project, account, secrets: secretsOf(config.secretEnvironmentVariables) }) ??
    scalingFault(
      {
        cpu: Number(config.availableCpu ?? 1),
        min: Number(config.minInstanceCount ?? 0),
        max: Number(config.maxInstanceCount ?? 100),
        timeout: Number(config.timeoutSeconds ?? 60),
        concurrency: Number(config.maxInstanceRequestConcurrency ?? 1),
        isDirect: false,
        longest: 540,
      },
      state,
    ) ??
    eventarcFault(state, project)
  );
}

/** Source: Cloud Run functions, "Troubleshooting", "Build service account". */
function buildFault(
  state: State,
  parent: string,
  name: string,
  type: string,
  body: Json,
): Answer | undefined {
  const [, project = ''] = parent.split('/');
  if (mayBuild(state, project, asObject(body.buildConfig).serviceAccount)) return undefined;
  const operation = state.operation(parent, {}, functionMetadata(name, type));
  delete operation.response;
  operation.error = {
    code: 3,
    message:
      'Build failed with status: FAILURE. Could not build the function due to a missing permission on the build service ' +
      "account. If you didn't revoke that permission explicitly, this could be caused by a change in the organization policies.",
  };
  return ok(operation);
}

function createFunction(state: State, parent: string, id: string, body: Json) {
  const name = `${parent}/functions/${id}`;
  const trigger = `${parent}/triggers/${id}-000001`;
  const topic = asObject(body.eventTrigger).pubsubTopic;
  const fault =
    functionFault(state, parent, body) ?? buildFault(state, parent, name, 'CREATE_FUNCTION', body);
  if (fault !== undefined) return fault;
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
    triggerFor(state, {
      name: trigger,
      topic: String(topic),
      serviceAccount: asObject(body.eventTrigger).serviceAccountEmail,
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
