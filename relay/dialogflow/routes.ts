// Which requests go to Dialogflow. Pure, and on the raw request target only: a decoded path has lost the difference
// between a slash and %2F, and with it the difference between a conversation and any other resource of the project.
import { isHostLocation, type Project } from '../../shared/conversation-name.ts';
import type { Action } from '../access/authorizer-webhook.ts';
import type { RequestedResource } from '../http/request-access.ts';

export type UpstreamMethod = 'GET' | 'POST' | 'PATCH';

interface Route {
  /** What follows `/VERSION/projects/PROJECT/locations/LOCATION/`. */
  resource: string;
  /** Whether at least one more segment must follow (a resource's id, its children, a custom verb), or none may. */
  hasTail: boolean;
  methods: readonly UpstreamMethod[];
  /** The conversations that a request may reach: the one in its path, any that its body names, or none. */
  reach: 'path' | 'any' | 'none';
  /** What another method than `GET` is to the authorizer, if not a `write`. */
  writes?: Action;
  /** The custom verb (AIP-136) whose calls draw on a quota that all agents share, which has the verb's name. */
  quota?: Quota;
}

/** A quota of the project that all agents share. */
export type Quota = 'analyzeContent';

/** The whole allow-list: what is not here never leaves the relay. */
export const ROUTES: readonly Route[] = [
  { resource: 'conversations', hasTail: false, methods: ['POST'], reach: 'any' },
  {
    resource: 'conversations',
    hasTail: true,
    methods: ['GET', 'POST', 'PATCH'],
    reach: 'path',
    quota: 'analyzeContent',
  },
  { resource: 'suggestions:searchKnowledge', hasTail: false, methods: ['POST'], reach: 'any' },
  { resource: 'suggestions:generateStatelessSummary', hasTail: false, methods: ['POST'], reach: 'none' },
  { resource: 'statelessSuggestion:generate', hasTail: false, methods: ['POST'], reach: 'none' },
  { resource: 'answerRecords', hasTail: true, methods: ['GET', 'PATCH'], reach: 'none', writes: 'feedback' },
  { resource: 'conversationProfiles', hasTail: true, methods: ['GET'], reach: 'none' },
  { resource: 'conversationModels', hasTail: true, methods: ['GET'], reach: 'none' },
  { resource: 'generators', hasTail: true, methods: ['GET'], reach: 'none' },
  { resource: 'companionAgents', hasTail: true, methods: ['GET'], reach: 'none' },
  { resource: 'companionAgentWorkflows', hasTail: true, methods: ['GET'], reach: 'none' },
];

export const VERSIONS = ['v2', 'v2beta1'] as const;

/** In bytes. Dialogflow's longest names are under 500; the rest of the target is a page token or a filter. */
export const MAX_PATH_LENGTH = 1_024;
export const MAX_QUERY_LENGTH = 8_192;

export interface ForwardRoute {
  kind: 'forward';
  method: UpstreamMethod;
  location: string;
  /** The client's path, byte for byte. */
  path: string;
  /** The client's query without its question mark, byte for byte. */
  query: string;
  /** False for `:complete`, which desktops call with an empty body, any body and any content type. */
  takesBody: boolean;
  /** The path with its names left out, fit for a log. */
  template: string;
  /** What the request is about. */
  requested: RequestedResource;
  action: Action;
  /** What it takes of a shared quota. */
  quota: Quota | undefined;
}

export type RouteMatch =
  | ForwardRoute
  | { kind: 'options'; allow: readonly string[] }
  | { kind: 'not-found' }
  | { kind: 'method-not-allowed'; allow: readonly string[] }
  /** `reason` is fit for the client: it repeats nothing of the request. */
  | { kind: 'refused'; status: 400 | 403; reason: string };

/** Decides on one request, by its method and its target exactly as they stand in the request line. */
export function matchRoute(method: string, target: string, project: Project): RouteMatch {
  const { path, query } = splitTarget(target);
  if (path.length > MAX_PATH_LENGTH || query.length > MAX_QUERY_LENGTH)
    return refused(400, 'the URL is too long');
  if (!path.startsWith('/')) return refused(400, 'the request target must be a path');
  const segments = path.slice(1).split('/');
  if (!segments.every(isPlainSegment)) return refused(400, 'the path has a segment that is not allowed');

  const [version = '', projects, projectName, locations, location = '', resource, ...tail] = segments;
  if (!VERSIONS.some((known) => known === version)) return { kind: 'not-found' };
  if (projects !== 'projects' || locations !== 'locations') return { kind: 'not-found' };
  const route = ROUTES.find((row) => row.resource === resource && row.hasTail === tail.length > 0);
  if (!route) return { kind: 'not-found' };

  // HEAD is GET without the body, and nothing else: Google's reference turned it into PATCH.
  const upstreamMethod = route.methods.find((allowed) => allowed === (method === 'HEAD' ? 'GET' : method));
  if (method === 'OPTIONS') return { kind: 'options', allow: allowedMethods(route) };
  if (!upstreamMethod) return { kind: 'method-not-allowed', allow: allowedMethods(route) };
  if (!isHostLocation(location, HOST_SUFFIX))
    return refused(400, 'the location is not a Google Cloud location');
  if (!isPlainQuery(query))
    return refused(400, 'the query has a parameter or a character that is not allowed');
  if (projectName === undefined || (projectName !== project.id && projectName !== project.number)) {
    return refused(403, 'the resource belongs to another project');
  }
  return {
    kind: 'forward',
    method: upstreamMethod,
    location,
    path,
    query,
    takesBody: upstreamMethod !== 'GET' && !(upstreamMethod === 'POST' && path.endsWith(':complete')),
    template: `/${version}/projects/*/locations/*/${route.resource}${route.hasTail ? '/**' : ''}`,
    requested:
      route.reach === 'path'
        ? { location, conversation: conversationIn(projectName, location, tail) }
        : { location, reach: route.reach },
    action: upstreamMethod === 'GET' ? 'read' : (route.writes ?? 'write'),
    // Decoded, because Google's servers undo escapes of letters, too.
    quota: decodeURIComponent(path).endsWith(`:${route.quota}`) ? route.quota : undefined,
  };
}

/** Its name as Dialogflow reads it: without escapes, and without the custom verb behind it (AIP-136). */
function conversationIn(project: string, location: string, [id = '', ...children]: string[]): string {
  const decoded = decodeURIComponent(id);
  const bare = children.length === 0 ? decoded.replace(/:[A-Za-z]+$/, '') : decoded;
  return `projects/${project}/locations/${location}/conversations/${bare}`;
}

/** Dialogflow's address for a location that {@link matchRoute} let through. Source: Dialogflow, "Regionalization". */
export function dialogflowOrigin(location: string): string {
  return location === 'global'
    ? 'https://dialogflow.googleapis.com'
    : `https://${location}${HOST_SUFFIX}.googleapis.com`;
}

const HOST_SUFFIX = '-dialogflow';

// RFC 3986 pchar without @, ; and *, which servers are known to give a meaning of their own. An escape may stand for
// a letter, a digit, -, _ or ~, or be a byte of a character beyond ASCII; never for a dot, a delimiter or a control.
const SEGMENT =
  /^(?:[A-Za-z0-9._~!$&'()+,=:-]|%(?:2[Dd]|3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa]|5[Ff]|7[Ee]|[89A-Fa-f][0-9A-Fa-f]))+$/;

function isPlainSegment(segment: string): boolean {
  if (!SEGMENT.test(segment) || /^\.+$/.test(segment)) return false;
  try {
    // Fails for overlong and broken UTF-8, which a lenient decoder could read as a dot or a slash.
    const decoded = decodeURIComponent(segment);
    // `-` stands for "any parent" in Google's APIs (AIP-159): one name must not mean all conversations.
    return decoded !== '-' && !/\p{Cc}/u.test(decoded);
  } catch {
    return false;
  }
}

// Google's front end takes request headers from the query: `$httpMethod=DELETE` on a GET would leave the allow-list,
// `$ct`, `$httpHeaders` and `access_token` would change what is sent in our name, and a JSONP answer is a script.
// Source: Cloud APIs, "System parameters".
const HARMLESS_SYSTEM_PARAMETERS = new Set(['$alt', '$fields', '$prettyprint', '$.xgafv']);
// `key`, `quotaUser` and `userProject` charge somebody else's quota.
const REFUSED_PARAMETERS = new Set(
  'access_token bearer_token oauth_token key quotauser userproject callback'.split(' '),
);
// The fields that a path fills in Dialogflow's requests. What a server makes of one that the query names, too, is not
// said anywhere, and the access that was asked for is that of the path. Source: dialogflow.v2 and v2beta1, `google.api.http`.
const OF_THE_PATH = /^(?:name|parent|conversation|participant|answerrecord|statelessconversation)$/;

function isPlainQuery(query: string): boolean {
  if (!/^[!-~]*$/.test(query) || query.includes('#')) return false;
  return query.split(/[&;]/).every((pair) => {
    const name = ([...new URLSearchParams(pair).keys()][0] ?? '').trim().toLowerCase();
    if (name.startsWith('$')) return HARMLESS_SYSTEM_PARAMETERS.has(name);
    const [field = ''] = name.replaceAll('_', '').split('.');
    return !REFUSED_PARAMETERS.has(name) && !OF_THE_PATH.test(field);
  });
}

function splitTarget(target: string): { path: string; query: string } {
  const mark = target.indexOf('?');
  return mark === -1
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

function allowedMethods(route: Route): string[] {
  const head = route.methods.includes('GET') ? ['HEAD'] : [];
  return [...route.methods, ...head, 'OPTIONS'];
}

function refused(status: 400 | 403, reason: string): RouteMatch {
  return { kind: 'refused', status, reason };
}
