import type { FastifyInstance } from 'fastify';
import { readRelayConfig } from '../../relay/config.ts';
import { createRelay } from '../../relay/create-relay.ts';
import { ROUTES, VERSIONS } from '../../relay/dialogflow/routes.ts';
import { NO_CREDENTIALS } from '../../relay/google/credentials.ts';
import { signingKey } from '../../relay/identity/signing-key.ts';
import { LIMITS } from '../../relay/limits.ts';
import { outboundAgent } from '../../relay/outbound-http/outbound-agent.ts';
import { createRedis } from '../../shared/redis.ts';
import { quietLogger } from '../helpers/quiet-logger.ts';
import { adminToken } from '../relay/admin/admin-requests.ts';

/** The routes of a whole relay that never listens, as `METHOD /path`; those of the proxy as `METHOD …/resource`. */
export async function relayRoutes(): Promise<string[]> {
  const config = readRelayConfig({ GCP_PROJECT_ID: 'demo-project' });
  const redis = createRedis(config);
  let app: FastifyInstance | undefined;
  const relay = await createRelay({
    config,
    limits: LIMITS,
    now: Date.now,
    logger: quietLogger,
    redis,
    keyRing: () => [signingKey('a key for tests, of more than 32 bytes')],
    credentials: NO_CREDENTIALS,
    providerDispatcher: outboundAgent(),
    adminToken,
    // Registered on the relay's own server: it shows all the others.
    desktop: async (instance) => {
      app = instance;
    },
  });
  const routes = app === undefined ? [] : await routesOf(app);
  await relay.close();
  redis.disconnect();
  return [...routes, ...proxyRoutes()];
}

async function routesOf(app: FastifyInstance): Promise<string[]> {
  const routes: string[] = [];
  for (const path of pathsIn(app.printRoutes({ commonPrefix: false }))) {
    if (VERSIONS.some((version) => path === `/${version}/*`)) continue;
    // Every route closes itself to other methods, so its own are in `Allow` only.
    const { allow = '' } = (await app.inject({ method: 'OPTIONS', url: path })).headers;
    const methods = allow.split(', ').filter((method) => method !== 'HEAD' && method !== 'OPTIONS');
    routes.push(...methods.map((method) => `${method} ${path}`));
  }
  return routes;
}

/** The paths of a printed tree, where a path that begins with another stands below it without that beginning. */
function pathsIn(tree: string): string[] {
  const above: string[] = [];
  const paths: string[] = [];
  for (const [, indent = '', part = ''] of tree.matchAll(/^(.*?)[├└]── (\S+) \(/gm)) {
    const depth = indent.length / 4;
    const path = (above[depth - 1] ?? '') + part;
    above.splice(depth, Infinity, path);
    if (path.startsWith('/')) paths.push(path);
  }
  return paths;
}

function proxyRoutes(): string[] {
  return ROUTES.flatMap(({ resource, hasTail, methods }) =>
    methods.map((method) => `${method} …/${resource}${hasTail ? '/…' : ''}`),
  );
}
