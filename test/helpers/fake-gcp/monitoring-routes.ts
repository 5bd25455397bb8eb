// Cloud Monitoring's alert policies, notification channels and dashboards. Shapes: gcloud's generated monitoring_v3_messages.py
// and monitoring_v1_messages.py.
import { dashboardFault, policyFault } from './monitoring-refusals.ts';
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

const POLICIES = '(projects/[^/]+)/alertPolicies';
const DASHBOARDS = '(projects/[^/]+)/dashboards';
const CHANNEL = 'projects/[^/]+/notificationChannels/[^/]+';

export const monitoringRoutes: Route[] = [
  {
    api: 'monitoring',
    method: 'GET',
    path: new RegExp(`^v3/(${CHANNEL})$`),
    answer: ({ match: [, name = ''] }, state) => state.get(name),
  },
  {
    api: 'monitoring',
    method: 'GET',
    path: new RegExp(`^v3/${POLICIES}$`),
    answer: ({ match: [, parent = ''], query }, state) => page(state, `${parent}/alertPolicies/`, query),
  },
  {
    api: 'monitoring',
    method: 'POST',
    path: new RegExp(`^v3/${POLICIES}$`),
    answer: ({ match: [, parent = ''], body }, state) => {
      const fault = policyFault(state, body);
      if (fault !== undefined) return fault;
      const name = `${parent}/alertPolicies/${1000 + state.next()}`;
      return state.create(name, { enabled: true, ...withConditionNames(body, name), name });
    },
  },
  {
    api: 'monitoring',
    method: 'PATCH',
    path: /^v3\/(projects\/[^/]+\/alertPolicies\/[^/]+)$/,
    answer: ({ match: [, name = ''], body, query }, state) => patchedPolicy(state, name, body, query),
  },
  {
    api: 'monitoring',
    method: 'DELETE',
    path: /^v3\/(projects\/[^/]+\/alertPolicies\/[^/]+)$/,
    answer: ({ match: [, name = ''] }, state) => (state.resources.delete(name) ? ok() : missing(name)),
  },
  {
    api: 'monitoring',
    method: 'POST',
    path: new RegExp(`^v1/${DASHBOARDS}$`),
    answer: ({ match: [, parent = ''], body }, state) => {
      const fault = dashboardFault(body);
      if (fault !== undefined) return fault;
      const id = String(body.name ?? `${parent}/dashboards/made-${state.next()}`).replace(/^.*\//, '');
      return state.create(`${parent}/dashboards/${id}`, kept(body, id, state));
    },
  },
  {
    api: 'monitoring',
    method: 'GET',
    path: new RegExp(`^v1/${DASHBOARDS}/([^/]+)$`),
    answer: ({ match: [, parent = '', id = ''] }, state) => state.get(`${parent}/dashboards/${id}`),
  },
  {
    api: 'monitoring',
    method: 'PATCH',
    path: new RegExp(`^v1/${DASHBOARDS}/([^/]+)$`),
    answer: ({ match: [, parent = '', id = ''], body }, state) => {
      const name = `${parent}/dashboards/${id}`;
      const found = state.resources.get(name);
      if (found === undefined) return missing(name);
      const fault = etagFault(found, body) ?? dashboardFault(body);
      if (fault !== undefined) return fault;
      state.resources.set(name, kept(body, id, state));
      return state.get(name);
    },
  },
  {
    api: 'monitoring',
    method: 'DELETE',
    path: new RegExp(`^v1/${DASHBOARDS}/([^/]+)$`),
    answer: ({ match: [, parent = '', id = ''] }, state) => {
      const name = `${parent}/dashboards/${id}`;
      return state.resources.delete(name) ? ok() : missing(name);
    },
  },
];

/** Google gives as many as it likes, and here two at a time: a reader of the first page alone misses some. */
const PAGE = 2;

function page(state: State, prefix: string, query: URLSearchParams): Answer {
  const all = [...state.resources].filter(([name]) => name.startsWith(prefix)).map(([, policy]) => policy);
  const from = Number(query.get('pageToken') ?? 0);
  const rest = all.length > from + PAGE ? { nextPageToken: String(from + PAGE) } : {};
  // An empty list is left out.
  return ok(
    all.length === 0 ? {} : { alertPolicies: all.slice(from, from + PAGE), ...rest, totalSize: all.length },
  );
}

/** Only what the mask names changes, and without a mask the whole policy. */
function patchedPolicy(state: State, name: string, body: Json, query: URLSearchParams): Answer {
  const found = state.resources.get(name);
  if (found === undefined) return missing(name);
  const mask = (query.get('updateMask') ?? '').split(',').filter((path) => path !== '');
  const next: Json = mask.length === 0 ? { enabled: true, ...body } : { ...found };
  for (const path of mask) {
    const field = path.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    if (!FIELDS.has(field))
      return failure(400, 'INVALID_ARGUMENT', `Field update_mask had an invalid value of "${path}".`);
    next[field] = body[field];
  }
  const { name: _, ...policy } = next;
  const fault = policyFault(state, policy);
  if (fault !== undefined) return fault;
  state.resources.set(name, { ...withConditionNames(policy, name), name });
  return state.get(name);
}

const FIELDS = new Set([
  ...['displayName', 'documentation', 'userLabels', 'conditions', 'combiner', 'enabled'],
  ...['notificationChannels', 'alertStrategy', 'severity'],
]);

function withConditionNames(policy: Json, name: string): Json {
  const conditions = Array.isArray(policy.conditions) ? policy.conditions : [];
  return {
    ...policy,
    conditions: conditions.map((each: unknown, index) => ({
      ...asObject(each),
      name: `${name}/conditions/${index + 1}`,
    })),
  };
}

/** Google answers with the number of the project, and leaves out what is 0. */
function kept(body: Json, id: string, state: State): Json {
  const whole = { ...body, name: `projects/${PROJECT_NUMBER}/dashboards/${id}`, etag: state.etag() };
  return JSON.parse(JSON.stringify(whole, (_, value: unknown) => (value === 0 ? undefined : value)));
}

/** Sources: github.com/pulumi/pulumi-google-native, issue 760; the second wording is the fake's own. */
function etagFault(found: Json, body: Json): Answer | undefined {
  if (typeof body.etag !== 'string' || body.etag === '')
    return failure(400, 'INVALID_ARGUMENT', 'Update Dashboard should specify a non empty etag.');
  return body.etag === found.etag
    ? undefined
    : failure(409, 'ABORTED', 'The etag is not that of the dashboard.');
}
