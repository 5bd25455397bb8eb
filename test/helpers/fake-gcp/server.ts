// A project of Google Cloud for the real gcloud to work on: a small stateful server that records every request. It is
// gcloud's HTTP proxy, too, for two reasons: `gcloud run` puts the region before an overridden host, and such a name
// resolves nowhere; and what is not overridden arrives as a CONNECT to one of Google's hosts, where it is refused.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from '../listen.ts';
import { buildRoutes } from './build-routes.ts';
import { clusterRoutes } from './cluster-routes.ts';
import { dataRoutes } from './data-routes.ts';
import { deleteRoutes } from './delete-routes.ts';
import { dialogflowRoutes } from './dialogflow-routes.ts';
import { enableApis } from './established.ts';
import { eventarcRoutes } from './eventarc-routes.ts';
import { functionRoutes } from './function-routes.ts';
import { imageRoutes } from './image-routes.ts';
import { logMetricRoutes } from './log-metric-routes.ts';
import { monitoringRoutes } from './monitoring-routes.ts';
import { publishRoutes } from './publish-routes.ts';
import { refusal } from './refusals.ts';
import { runRoutes } from './run-routes.ts';
import { secretRoutes } from './secret-routes.ts';
import { type Answer, asObject, failure, type Json, ok, State } from './state.ts';

const APIS = [
  ...[
    'PUBSUB',
    'IAM',
    'CLOUDRESOURCEMANAGER',
    'SECRETMANAGER',
    'REDIS',
    'CLOUDFUNCTIONS',
    'RUN',
    'ARTIFACTREGISTRY',
  ],
  ...[
    'STORAGE',
    'CLOUDBUILD',
    'SERVICEUSAGE',
    'EVENTARC',
    'LOGGING',
    'COMPUTE',
    'VPCACCESS',
    'MONITORING',
    'NETWORKCONNECTIVITY',
  ],
];
const ROUTES = [
  ...[...functionRoutes, ...runRoutes, ...buildRoutes, ...eventarcRoutes, ...dialogflowRoutes],
  ...[...dataRoutes, ...secretRoutes, ...deleteRoutes, ...publishRoutes, ...imageRoutes],
  ...[...monitoringRoutes, ...logMetricRoutes, ...clusterRoutes],
];

/** What gcloud sends as its account; it must be in no output. */
export const TOKEN = 'fake-access-token';

/** One request; `path` is without the API's prefix. */
export interface Recorded {
  method: string;
  api: string;
  path: string;
  query: string;
  body: Json;
  status: number;
}

export interface FakeGcp {
  requests: Recorded[];
  /** What must stay empty: requests without a route, and attempts to reach a real host. */
  astray: string[];
  state: State;
  /** Fails the next request whose `METHOD /api/path` matches; `applied` says that its work is done all the same. */
  failNext(match: RegExp, status: number, reason: string, how?: { applied: boolean }): void;
  /** The environment in which gcloud reaches this server and nothing else. */
  env(configFolder: string, project: string): NodeJS.ProcessEnv;
  close(): Promise<void>;
}

/** @param isNew whether no API is enabled yet. */
export async function startFakeGcp({ isNew = false } = {}): Promise<FakeGcp> {
  const requests: Recorded[] = [];
  const astray: string[] = [];
  const state = new State();
  if (!isNew) enableApis(state);
  const faults: { match: RegExp; answer: Answer; applied: boolean }[] = [];

  const server = createServer((request, response) => {
    receive(request, response).catch((error: unknown) => {
      astray.push(String(error));
      response.writeHead(500).end();
    });
  });
  server.on('connect', (request, socket) => {
    astray.push(`CONNECT ${request.url}`);
    socket.on('error', () => {});
    socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
  });
  const port = await listen(server);
  const base = `http://127.0.0.1:${port}`;

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const raw = Buffer.concat(chunks);
    // The URL class refuses us-central1-127.0.0.1, the host that `gcloud run` asks the proxy for.
    const [origin = '', host] = /^https?:\/\/([^/]*)/.exec(request.url ?? '') ?? [];
    if (host !== undefined && !host.endsWith(`127.0.0.1:${port}`))
      astray.push(`${request.method} ${request.url}`);
    const url = new URL((request.url ?? '').slice(origin.length), base);
    const parts = url.pathname.split('/').filter((segment) => segment !== '');
    const [api = '', ...segments] = parts[0] === 'v2' ? ['dialogflow', ...parts] : parts;
    const path = decodeURIComponent(segments.join('/'));
    const recorded: Recorded = {
      method: request.method ?? '',
      api,
      path,
      query: url.search,
      body: parse(raw),
      status: 0,
    };
    requests.push(recorded);
    const [, region] = /^(.+)-127\.0\.0\.1:/.exec(host ?? '') ?? [];
    const answer = answerTo(recorded, url, raw, request.headers['content-type'], region);
    recorded.status = answer.code;
    response.writeHead(answer.code, { 'content-type': 'application/json; charset=UTF-8' });
    response.end(JSON.stringify(answer.body));
  }

  function answerTo(
    recorded: Recorded,
    url: URL,
    raw: Buffer,
    contentType: string | undefined,
    region: string | undefined,
  ): Answer {
    const { method, api, path, body } = recorded;
    const index = faults.findIndex(({ match }) => match.test(`${method} /${api}/${path}`));
    const [fault] = index < 0 ? [] : faults.splice(index, 1);
    if (fault?.applied) answerTo(recorded, url, raw, contentType, region);
    if (fault !== undefined) return fault.answer;
    if (api === '__upload') return ok();
    if (/upload\/storage\/v1\/b\/[^/]+\/o$/.test(url.pathname)) return uploaded(url, raw, contentType);
    const refused = refusal({ method, api, path, body, query: url.searchParams, region }, state);
    if (refused !== undefined) return refused;
    for (const route of ROUTES) {
      if ((route.api !== api && route.api !== '*') || route.method !== method) continue;
      const match = route.path.exec(path);
      const answer = match && route.answer({ match, body, query: url.searchParams, raw, base }, state);
      if (answer) return answer;
    }
    astray.push(`no route: ${method} /${api}/${path}`);
    // Not a 5xx: gcloud would try again for half a minute.
    return failure(400, 'NO_ROUTE', `the fake has no route for ${method} /${api}/${path}`);
  }

  return {
    requests,
    astray,
    state,
    failNext: (match, status, reason, { applied } = { applied: false }) =>
      faults.push({ match, applied, answer: failure(status, reason, `injected: ${reason}`) }),
    env: (configFolder, project) => ({
      PATH: process.env.PATH,
      HOME: configFolder,
      CLOUDSDK_CONFIG: configFolder,
      CLOUDSDK_CORE_PROJECT: project,
      CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
      CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: 'true',
      CLOUDSDK_CORE_CHECK_GCE_METADATA: 'false',
      CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: 'true',
      CLOUDSDK_AUTH_ACCESS_TOKEN: TOKEN,
      // Read by this project only; the client library takes no path, so these requests come without a prefix.
      CLOUDSDK_API_ENDPOINT_OVERRIDES_DIALOGFLOW: base,
      CLOUDSDK_PROXY_TYPE: 'http',
      CLOUDSDK_PROXY_ADDRESS: '127.0.0.1',
      CLOUDSDK_PROXY_PORT: String(port),
      ...Object.fromEntries(
        APIS.map((api) => [`CLOUDSDK_API_ENDPOINT_OVERRIDES_${api}`, `${base}/${api.toLowerCase()}/`]),
      ),
    }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function parse(raw: Buffer): Json {
  try {
    return asObject(JSON.parse(raw.toString('utf8')));
  } catch {
    return {};
  }
}

/** gcloud checks size and hash of what it has uploaded, so the file must be cut out of the multipart body. */
function uploaded(url: URL, raw: Buffer, contentType: string | undefined): Answer {
  const bucket = /\/b\/([^/]+)\/o/.exec(url.pathname)?.[1];
  const name = url.searchParams.get('name') ?? /"name":\s*"([^"]+)"/.exec(raw.toString('latin1'))?.[1];
  const boundary = /boundary="?'?([^"';]+)/.exec(contentType ?? '')?.[1];
  const file = boundary === undefined ? raw : lastPart(raw, `--${boundary}`);
  const md5Hash = createHash('md5').update(file).digest('base64');
  return ok({
    kind: 'storage#object',
    bucket,
    name,
    id: `${bucket}/${name}/1`,
    generation: '1',
    size: String(file.length),
    md5Hash,
  });
}

function lastPart(raw: Buffer, mark: string): Buffer {
  const part = raw.indexOf(mark, mark.length);
  const blank = raw.includes('\r\n\r\n', part) ? '\r\n\r\n' : '\n\n';
  const start = raw.indexOf(blank, part) + blank.length;
  const end = raw.lastIndexOf(mark);
  return raw.subarray(start, end - (raw[end - 2] === 13 ? 2 : 1));
}
