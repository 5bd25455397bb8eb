// Cloud Functions. Builds and roll-outs have always just succeeded.
import { removeTrigger, triggerFor } from './eventarc-routes.ts';
import { asObject, isObject, type Json, missing, ok, type Route, type State } from './state.ts';

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

function createFunction(state: State, parent: string, id: string, body: Json) {
  const name = `${parent}/functions/${id}`;
  const trigger = `${parent}/triggers/${id}-000001`;
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
