// Conversation profiles, over REST as Dialogflow's client library speaks it: enums as numbers, an update mask in snake case.
import { asObject, isObject, type Json, missing, ok, type Route, type State } from './state.ts';

const LOCATION = 'projects/[^/]+/locations/[^/]+';
const PROFILE = `${LOCATION}/conversationProfiles/[^/]+`;
const FORMATS = ['MESSAGE_FORMAT_UNSPECIFIED', 'PROTO', 'JSON'];

export const dialogflowRoutes: Route[] = [
  {
    api: 'dialogflow',
    method: 'GET',
    path: new RegExp(`^v2/(${PROFILE})$`),
    answer: ({ match: [, name = ''] }, state) => state.get(name),
  },
  {
    api: 'dialogflow',
    method: 'GET',
    path: new RegExp(`^v2/(${LOCATION})/conversationProfiles$`),
    answer: ({ match: [, parent = ''] }, state) =>
      ok({
        conversationProfiles: [...state.resources]
          .filter(([key]) => key.startsWith(`${parent}/conversationProfiles/`))
          .map(([, profile]) => profile),
      }),
  },
  {
    api: 'dialogflow',
    method: 'POST',
    path: new RegExp(`^v2/(${LOCATION})/conversationProfiles$`),
    answer: ({ match: [, parent = ''], body }, state) => {
      const name = `${parent}/conversationProfiles/profile-${state.next()}`;
      return state.create(name, { ...asObject(withFormatNames(body)), name });
    },
  },
  {
    api: 'dialogflow',
    method: 'PATCH',
    path: new RegExp(`^v2/(${PROFILE})$`),
    answer: ({ match: [, name = ''], body, query }, state) => patched(state, name, query, body),
  },
  {
    api: 'dialogflow',
    method: 'DELETE',
    path: new RegExp(`^v2/(${PROFILE})$`),
    answer: ({ match: [, name = ''] }, state) => (state.resources.delete(name) ? ok() : missing(name)),
  },
];

/** Only what the mask names changes; a masked field that the body lacks is taken away. */
function patched(state: State, name: string, query: URLSearchParams, body: Json) {
  const profile = state.resources.get(name);
  if (profile === undefined) return missing(name);
  const changes = asObject(withFormatNames(body));
  for (const path of (query.get('updateMask') ?? '').split(',')) {
    const keys = path.split('.').map(camelCase);
    const last = keys.pop() ?? '';
    let target = profile;
    let source = changes;
    for (const key of keys) {
      if (!isObject(target[key])) target[key] = {};
      target = asObject(target[key]);
      source = asObject(source[key]);
    }
    if (source[last] === undefined) delete target[last];
    else target[last] = source[last];
  }
  return ok(profile);
}

function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function withFormatNames(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, each: unknown) =>
    key === 'messageFormat' && typeof each === 'number' ? FORMATS[each] : each,
  );
}
